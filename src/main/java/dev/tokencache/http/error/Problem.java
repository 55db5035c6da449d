package dev.tokencache.http.error;

import dev.tokencache.http.json.ContentTooLargeException;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.InvalidRequestException.Violation;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenTakenException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * An error response: problem details (RFC 9457) or, at an OAuth endpoint, an OAuth error (RFC 6749 section 5.2).
 *
 * @param status the HTTP status
 * @param kind the last part of the URN in {@code type}, for programs; empty if the status is sufficient
 * @param title the summary, the same for all problems of a kind
 * @param detail the explanation of this occurrence; never contains a value of the request
 * @param violations the invalid fields, if any
 * @param oauthError the {@code error} of the OAuth error
 */
public record Problem(
        int status, String kind, String title, String detail, List<Violation> violations, String oauthError) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String URN = "urn:token-cache:problem:";
    private static final String INVALID_REQUEST = "invalid_request";

    public static final Problem UNAUTHENTICATED = new Problem(
            401,
            "unauthenticated",
            "The caller is unknown",
            "HTTP Basic credentials of a configured caller are needed",
            "invalid_client");

    /** As {@link #UNAUTHENTICATED}, for credentials in a form: without a challenge, which the caller did not try. */
    public static final Problem WRONG_CLIENT_SECRET = new Problem(
            401,
            "unauthenticated",
            "The caller is unknown",
            "client_id and client_secret must be those of a configured caller",
            "invalid_client");

    public static final Problem STORE_UNAVAILABLE = new Problem(
            503,
            "store-unavailable",
            "The token store is unavailable",
            "the outcome is unknown, try again",
            "temporarily_unavailable");

    /** An inactive token (RFC 6750 section 3.1). */
    public static final Problem INVALID_TOKEN = new Problem(
            401,
            "invalid-token",
            "The token is not active",
            "it is unknown, expired, revoked or malformed",
            "invalid_token");

    public static final Problem NO_TOKEN = new Problem(
            401,
            "no-token",
            "The request has no token",
            "neither Authorization: Bearer nor the cookie has one",
            "invalid_request");

    public static final Problem NO_SUCH_TOKEN = ofStatus(404, "no active token has this string or jti");

    static final Problem UNEXPECTED = plain(500, "server_error", defaultDetail(500));

    public Problem {
        violations = List.copyOf(violations);
    }

    private Problem(int status, String kind, String title, String detail, String oauthError) {
        this(status, kind, title, detail, List.of(), oauthError);
    }

    /** The caller lacks a role. */
    public static Problem forbidden(String role) {
        return new Problem(
                403,
                "role-missing",
                "The caller lacks a role",
                "the role " + role + " is needed",
                "unauthorized_client");
    }

    /** The problem for a failure; {@link #UNEXPECTED} if no caller can do anything about it. */
    static Problem of(Throwable failure) {
        if (failure instanceof InvalidRequestException invalid) {
            return invalid(invalid.violations());
        }
        if (failure instanceof ContentTooLargeException tooLarge) {
            return new Problem(
                    413,
                    "content-too-large",
                    "The request is too large",
                    String.valueOf(tooLarge.getMessage()),
                    INVALID_REQUEST);
        }
        if (failure instanceof TokenTakenException) {
            return new Problem(
                    409,
                    "token-taken",
                    "The token is taken by a live token",
                    "expire the live token first, or choose another string",
                    INVALID_REQUEST);
        }
        if (failure instanceof StoreUnavailableException) {
            return STORE_UNAVAILABLE;
        }
        if (failure instanceof WebApplicationException http
                && http.getResponse().getStatus() >= 400
                && http.getResponse().getStatus() < 500) {
            return ofStatus(http.getResponse().getStatus());
        }
        return UNEXPECTED;
    }

    /** A problem without a kind: its status is sufficient. */
    public static Problem ofStatus(int status, String detail) {
        return plain(status, INVALID_REQUEST, detail);
    }

    /** A problem that the server or the framework has found, which says no more than the status. */
    public static Problem ofStatus(int status) {
        return ofStatus(status, defaultDetail(status));
    }

    private static String defaultDetail(int status) {
        return switch (status) {
            case 400 -> "the request is not valid HTTP";
            case 404 -> "there is no such path";
            case 405 -> "the path does not have this method";
            case 413 -> "the body is too long";
            case 414 -> "the request line is too long";
            case 415 -> "the path does not read this media type";
            case 431 -> "the headers are too long";
            case 500 -> "the request failed for a reason that only the log has";
            default -> "the request cannot be served";
        };
    }

    private static Problem invalid(List<Violation> violations) {
        Violation first = violations.get(0);
        return new Problem(
                400,
                "invalid-request",
                "The request is invalid",
                first.field() + " " + first.message(),
                violations,
                INVALID_REQUEST);
    }

    private static Problem plain(int status, String oauthError, String detail) {
        Response.StatusType known = Response.Status.fromStatusCode(status);
        return new Problem(status, "", known == null ? "Error" : known.getReasonPhrase(), detail, oauthError);
    }

    /** This problem as {@value #MEDIA_TYPE}. */
    public byte[] json() {
        JsonDocument document = new JsonDocument()
                .with("type", kind.isEmpty() ? "about:blank" : URN + kind)
                .with("title", title)
                .with("status", status)
                .with("detail", detail);
        if (!violations.isEmpty()) {
            document.put(
                    "violations",
                    violations.stream()
                            .map(violation -> new JsonDocument()
                                    .with("field", violation.field())
                                    .with("message", violation.message()))
                            .toList());
        }
        return document.bytes();
    }

    /** This problem as an OAuth error, {@code application/json}. */
    byte[] oauthJson() {
        return new JsonDocument()
                .with("error", oauthError)
                .with("error_description", detail)
                .bytes();
    }
}
