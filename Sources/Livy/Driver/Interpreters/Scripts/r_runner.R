# SPDX-License-Identifier: Apache-2.0
#
# Runs the R statements of one session, one after the other. The driver's loader evaluates this text to
# a function and calls it with the connection that requests come through, which is standard input.
#
#   request  length (u32 little endian, of what follows), kind (u8), text token, text code
#   text     length (u32 little endian), UTF-8
#     kind 1  attach   the code is the folder of the SparkR package, or empty: R without Spark
#     kind 2  execute
#
# Standard output and standard error are one pipe to the driver. What a statement prints stands there as it
# comes; then the token, the reply in ASCII, and the token again:
#
#   reply    D and the bytes of a PNG image in hex, where something was drawn
#            F and the error's text in hex
function(input) {
  attached <- FALSE
  folder <- tempfile("livy-plots")
  dir.create(folder)

  number <- function() readBin(input, "integer", 1L, 4L, endian = "little")

  read_exactly <- function(count) {
    bytes <- raw(0)
    while (length(bytes) < count) {
      more <- readBin(input, "raw", count - length(bytes))
      if (length(more) == 0L) quit("no", 0L)
      bytes <- c(bytes, more)
    }
    bytes
  }

  # Positions are of bytes; a text of 2^31 bytes would not fit into the driver's frame.
  request <- function() {
    size <- number()
    if (length(size) == 0L) quit("no", 0L)
    frame <- read_exactly(size)
    count <- function(at) readBin(frame[at + 0:3], "integer", 1L, 4L, endian = "little")
    text <- function(at) {
      bytes <- count(at)
      value <- frame[at + 3L + seq_len(bytes)]
      value <- rawToChar(value[value != as.raw(0L)])
      Encoding(value) <- "UTF-8"
      value
    }
    list(kind = as.integer(frame[1L]), token = text(2L), code = text(6L + count(2L)))
  }

  hex <- function(bytes) paste(as.character(bytes), collapse = "")

  answer <- function(request, reply) {
    flush(stderr())
    cat(request$token, reply, request$token, sep = "")
    flush(stdout())
  }

  failed <- function(text) paste0("F", hex(charToRaw(enc2utf8(text))))

  # As R's own prompt tells an error: without the calls that are ours.
  error_text <- function(error) {
    call <- conditionCall(error)
    is_ours <- is.null(call) || any(vapply(ours, identical, TRUE, call[[1L]]))
    if (is_ours) return(paste0("Error: ", conditionMessage(error)))
    paste0("Error in ", paste(deparse(call, nlines = 1L), collapse = ""), " : ", conditionMessage(error))
  }

  ours <- list(quote(eval), quote(parse))

  # The device opens with the first plot of a statement; each page is a file, the last one is shown.
  open_device <- function(...) {
    grDevices::png(file.path(folder, "%06d.png"), width = 640, height = 480)
  }

  take_plot <- function() {
    while (grDevices::dev.cur() > 1L) grDevices::dev.off()
    files <- sort(list.files(folder, full.names = TRUE))
    if (length(files) == 0L) return("")
    last <- files[length(files)]
    image <- hex(readBin(last, "raw", file.info(last)$size))
    unlink(files)
    image
  }

  # Values and the conditions of their evaluation, as at R's prompt: what is visible is printed.
  evaluate <- function(code) {
    for (expression in parse(text = code, keep.source = FALSE, encoding = "UTF-8")) {
      result <- withVisible(eval(expression, globalenv()))
      if (result$visible) {
        if (isS4(result$value)) methods::show(result$value) else print(result$value)
      }
    }
    NULL
  }

  warn <- function(warning) {
    message("Warning message:\n", conditionMessage(warning))
    invokeRestart("muffleWarning")
  }

  # NULL, or the error's text.
  guarded <- function(body) {
    tryCatch(
      withCallingHandlers(allowInterrupts(body()), warning = warn),
      error = error_text, interrupt = function(condition) "interrupted")
  }

  attach_spark <- function(package) {
    if (!nzchar(package)) return(NULL)
    library("SparkR", lib.loc = dirname(package), character.only = TRUE)
    names <- globalenv()
    session <- SparkR::sparkR.session()
    java <- SparkR::sparkR.callJStatic(
      "org.apache.spark.sql.api.r.SQLUtils", "getJavaSparkContext", session)
    assign("spark", session, names)
    assign("sc", java, names)
    assign("sqlContext", session, names)
    attached <<- TRUE
    NULL
  }

  execute <- function(request) {
    parts <- strsplit(request$code, "\n", fixed = TRUE)[[1L]]
    group <- parts[1L]
    code <- paste(parts[-1L], collapse = "\n")
    if (attached) SparkR::setJobGroup(group, paste("Job group for statement", group), FALSE)
    evaluate(code)
  }

  serve <- function() {
    request <- request()
    problem <- guarded(function() {
      if (request$kind == 1L) attach_spark(request$code) else execute(request)
    })
    image <- tryCatch(take_plot(), error = function(error) "")
    answer(request, if (is.null(problem)) paste0("D", image) else failed(problem))
  }

  options(device = open_device, warn = 1L, digits.secs = NULL)
  # An interrupt waits until code of a statement's runs.
  repeat suspendInterrupts(serve())
}
