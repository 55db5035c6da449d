package dev.tokencache.http.error;

/** The format of an error response, which depends on the endpoint. */
public enum ErrorDialect {
    /** RFC 9457. */
    PROBLEM(Problem.MEDIA_TYPE) {
        @Override
        public byte[] body(Problem problem) {
            return problem.json();
        }
    },
    /** RFC 6749 section 5.2. */
    OAUTH("application/json") {
        @Override
        public byte[] body(Problem problem) {
            return problem.oauthJson();
        }
    };

    private final String mediaType;

    ErrorDialect(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The dialect of the endpoint at a path. */
    public static ErrorDialect of(String path) {
        return path.startsWith("/oauth2/") ? OAUTH : PROBLEM;
    }

    public abstract byte[] body(Problem problem);

    public String mediaType() {
        return mediaType;
    }
}
