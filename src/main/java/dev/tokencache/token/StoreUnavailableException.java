package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The store could not be asked, or did not say what became of a write: the outcome is unknown.
 *
 * <p>Its message is for the log and must hold no token, no secret and no address.
 */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message) {
        this(message, null);
    }

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        // Thrown for every call while Redis is away, so without a stack trace, which nobody needs.
        super(message, cause, false, false);
    }
}
