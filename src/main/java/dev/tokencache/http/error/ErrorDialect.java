package dev.tokencache.http.error;

import java.util.function.Function;

/** The format of an error response, which depends on the endpoint. */
public enum ErrorDialect {
    /** RFC 9457. */
    PROBLEM(Problem.MEDIA_TYPE, Problem::json),
    /** RFC 6749 section 5.2. */
    OAUTH("application/json", Problem::oauthJson);

    private final String mediaType;
    private final Function<Problem, byte[]> body;

    ErrorDialect(String mediaType, Function<Problem, byte[]> body) {
        this.mediaType = mediaType;
        this.body = body;
    }

    /** The dialect of the endpoint at a path. */
    public static ErrorDialect of(String path) {
        return path.startsWith("/oauth2/") ? OAUTH : PROBLEM;
    }

    public byte[] body(Problem problem) {
        return body.apply(problem);
    }

    public String mediaType() {
        return mediaType;
    }
}
