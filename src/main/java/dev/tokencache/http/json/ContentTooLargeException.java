package dev.tokencache.http.json;

/** A request, or a part of it, has more bytes than it may have. */
public final class ContentTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message tells the caller what has a limit, and which */
    public ContentTooLargeException(String message) {
        super(message, null, false, false);
    }
}
