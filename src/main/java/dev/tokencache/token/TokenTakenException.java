package dev.tokencache.token;

/** The caller's own token string already belongs to an active token. */
public final class TokenTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TokenTakenException() {
        super("the token string already belongs to an active token", null, false, false);
    }
}
