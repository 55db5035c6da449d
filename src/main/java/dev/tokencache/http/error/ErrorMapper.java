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
 * Where everything ends that a filter or resource throws: as the problem it is, in the dialect of the endpoint.
 *
 * <p>The only place that logs an unexpected failure, once and with its trace; the caller is told nothing of it.
 */
public final class ErrorMapper {

    private static final Logger LOG = Logger.getLogger(ErrorMapper.class);

    /** Seconds after which an unknown outcome may be known. */
    public static final String RETRY_AFTER = "1";

    public static final String BASIC_CHALLENGE = "Basic realm=\"token-cache\", charset=\"UTF-8\"";

    // The specific classes are named because the framework brings mappers of its own for them.
    @ServerExceptionMapper({Throwable.class, WebApplicationException.class, NotFoundException.class})
    Response toResponse(Throwable failure, HttpServerRequest request) {
        Problem problem = problemOf(failure);
        ErrorDialect dialect = ErrorDialect.of(request.path());
        Response.ResponseBuilder response = Response.status(problem.status())
                .header(HttpHeaders.CONTENT_TYPE, dialect.mediaType())
                .entity(dialect.body(problem));
        if (problem.status() == 401) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, BASIC_CHALLENGE);
        } else if (problem.status() == 503) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        } else if (failure instanceof NotAllowedException) {
            response.header(HttpHeaders.ALLOW, Routes.methodsOf(request.path()));
        }
        return response.build();
    }

    /** What is told of a failure; logs it if it is none of a caller's making. */
    public static Problem problemOf(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        Problem problem = Problem.of(failure);
        if (problem.equals(Problem.UNEXPECTED)) {
            LOG.error("a request failed unexpectedly", failure);
        }
        return problem;
    }
}
