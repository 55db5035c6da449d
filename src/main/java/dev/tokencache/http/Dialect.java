package dev.tokencache.http;

/** How an error is told, which depends on the endpoint. */
enum Dialect {
    /** RFC 9457. */
    PROBLEM(Problem.MEDIA_TYPE) {
        @Override
        byte[] body(Problem problem) {
            return problem.json();
        }
    },
    /** RFC 6749 section 5.2. */
    OAUTH("application/json") {
        @Override
        byte[] body(Problem problem) {
            return problem.oauthJson();
        }
    };

    private final String mediaType;

    Dialect(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The dialect of the endpoint with that path. */
    static Dialect of(String path) {
        return path.startsWith("/oauth2/") ? OAUTH : PROBLEM;
    }

    abstract byte[] body(Problem problem);

    String mediaType() {
        return mediaType;
    }
}
