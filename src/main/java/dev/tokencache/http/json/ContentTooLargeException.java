package dev.tokencache.http.json;

/** A request, or a part of it, is over its size limit. */
public final class ContentTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the part and its limit, for the caller */
    public ContentTooLargeException(String message) {
        super(message, null, false, false);
    }
}
