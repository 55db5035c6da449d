package dev.tokencache.http.error;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Maps every exception to a problem document or an OAuth error.
 *
 * <p>It alone logs unexpected failures, once and with the stack trace. The response reveals nothing about them.
 */
public final class ErrorMapper {

    private static final Logger LOG = Logger.getLogger(ErrorMapper.class);

    /** The {@code Retry-After} of a 503, in seconds. */
    public static final String RETRY_AFTER = "1";

    public static final String BASIC_CHALLENGE = "Basic realm=\"token-cache\", charset=\"UTF-8\"";

    // Names the specific classes, too, because the framework has its own mappers for them.
    @ServerExceptionMapper({Throwable.class, WebApplicationException.class, NotFoundException.class})
    Response toResponse(Throwable failure, HttpServerRequest request) {
        Problem problem = problemOf(failure);
        ErrorDialect dialect = ErrorDialect.of(request.path());
        Response.ResponseBuilder response = Response.status(problem.status())
                .header(HttpHeaders.CONTENT_TYPE, dialect.mediaType())
                .entity(dialect.body(problem));
        if (problem.status() == 401 && !problem.equals(Problem.WRONG_CLIENT_SECRET)) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, BASIC_CHALLENGE);
        } else if (problem.status() == 503) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        } else if (failure instanceof NotAllowedException) {
            response.header(HttpHeaders.ALLOW, Routes.methodsOf(request.path()));
        }
        return response.build();
    }

    /** The problem for a failure; logs the failure if it is unexpected. */
    public static Problem problemOf(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        Problem problem = Problem.of(failure);
        if (problem.equals(Problem.UNEXPECTED)) {
            LOG.error("Request failed unexpectedly; status=500", failure);
        }
        return problem;
    }
}
