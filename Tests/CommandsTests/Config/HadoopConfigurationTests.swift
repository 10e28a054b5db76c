// SPDX-License-Identifier: Apache-2.0

import LivyCore
import Testing

@testable import LivyCommand

@Suite("Hadoop's configuration files")
struct HadoopConfigurationTests {
  @Test("Properties are read with their entities, without comments; the last of a name wins")
  func properties() {
    let configuration = HadoopConfiguration(
      parsing: """
        <?xml version="1.0"?>
        <!-- <property><name>no</name><value>1</value></property> -->
        <configuration>
          <property><name>a</name><value>1</value></property>
          <property>
            <name> fs.defaultFS </name>
            <value>
              hdfs://nn:8020
            </value>
            <final>true</final>
          </property>
          <property><name>b</name><value>&lt;&#65;&#x42;&amp;lt;&nothing;<![CDATA[<&amp;>]]></value></property>
          <property><name>a</name><value>2</value></property>
          <property><name>without value</name></property>
          <property><name>cut</name><value>1
        """)
    #expect(
      configuration.values == [
        "a": "2", "fs.defaultFS": "hdfs://nn:8020", "b": "<AB&lt;&nothing;<&amp;>",
      ])
  }

  @Test("The default file system is this machine's, unless it is named, also by its name of old")
  func fileSystem() throws {
    func found(_ name: String, _ value: String) throws -> DefaultFileSystem {
      try HadoopConfiguration(
        parsing: "<property><name>\(name)</name><value>\(value)</value></property>"
      ).defaultFileSystem()
    }
    #expect(try found("x", "y") == .local)
    #expect(try found("fs.defaultFS", "hdfs://nn") == DefaultFileSystem("hdfs://nn"))
    #expect(try found("fs.default.name", "hdfs://nn") == DefaultFileSystem("hdfs://nn"))
    let error = #expect(throws: LivyError.self) { try found("fs.defaultFS", "${fs.uri}") }
    #expect(error?.description.contains("hdfs://namenode:8020") == true)
  }
}
