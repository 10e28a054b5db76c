// SPDX-License-Identifier: Apache-2.0

package struct MessageReader {}
package struct MessageWriter {}
package struct CodecError: Error {}
