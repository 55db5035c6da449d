package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The store is unreachable, or the outcome of a write is unknown.
 *
 * <p>The message is logged: it must not contain a token, a secret or an address.
 */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message) {
        this(message, null);
    }

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        // Thrown for every call while Redis is down: a stack trace would cost time and show nothing new.
        super(message, cause, false, false);
    }
}
