// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import Logging

/// Turns every error of the routes into one of Livy's shapes.
struct Refusals<Context: RequestContext>: RouterMiddleware {
  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let failure as RESTFailure {
      return failure.response()
    } catch let error as JSONError {
      return RESTFailure(error).response()
    } catch let error as LivyError {
      return RESTFailure(error).response()
    } catch let error as HTTPError {
      // Only the router throws these: no route has this path. Livy's answer is empty.
      return Response(status: error.status, headers: error.headers)
    } catch {
      context.logger.error("Unexpected error of a route", metadata: ["error": "\(error)"])
      return RESTFailure(.internalServerError, .string("java.lang.RuntimeException: \(error)"))
        .response()
    }
  }
}
