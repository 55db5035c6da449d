package dev.tokencache.redis.connection;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Explains in words why a connection or a command failed. The texts contain neither addresses nor secrets, which messages of
 * the Vert.x client may contain. Thread-safe.
 *
 * @param passwordProperty the property that the password really comes from
 * @param isTls whether connections use TLS
 */
record FailureReason(LogLabels labels, String passwordProperty, boolean isTls) {

    /** The connection was established, but not the login. */
    static final String NO_LOGIN =
            "no reply to the login in time: the server hangs, has too many clients, or is not a Redis";

    /** The login failed as it does if one side speaks TLS and the other does not. */
    private static final String CLOSED = "connection closed during the login";

    private static final Logger LOG = Logger.getLogger(FailureReason.class);

    /** Redis quotes the command, such as {@code 'cluster|slots'}. */
    private static final Pattern DENIED_COMMAND = Pattern.compile("'([a-z|_-]{1,40})' command");

    /** An alert of RFC 8446 section 6, such as {@code certificate_required}. */
    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]{1,40})");

    String ofConnecting(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String ofReply = ofReply(message);
        if (ofReply != null) {
            return ofReply;
        }
        if (cause instanceof SSLException) {
            return ofTls(cause);
        }
        if (cause instanceof UnknownHostException) {
            return "unknown host name (" + labels.addressProperty() + ")";
        }
        if (cause instanceof TimeoutException) {
            return "no reply in time";
        }
        if (cause instanceof IOException
                || cause instanceof VertxException
                || message.startsWith("Connection is closed")) {
            return ofSocket(cause, message);
        }
        LOG.debugf(
                "Connection failed for another reason; type=%s",
                cause.getClass().getName());
        return message.startsWith("ERR ") ? "the login was refused" : "the connection failed";
    }

    /** Why a TLS handshake failed, without quoting certificates. The reason is one of the causes of the exception. */
    private static String ofTls(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSslRecordException) {
                return "TLS handshake failed: the port does not speak TLS";
            }
            if (cause instanceof CertificateExpiredException) {
                return "TLS handshake failed: the certificate has expired";
            }
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                return "TLS handshake failed: the certificate is not signed by a trusted authority"
                        + " (quarkus.tls.<name>.trust-store)";
            }
            // The JDK checks host names last, and throws a plain exception without a cause.
            if (cause.getClass() == CertificateException.class && cause.getCause() == null) {
                return "TLS handshake failed: the certificate does not match the host name"
                        + " (quarkus.tls.<name>.hostname-verification-algorithm)";
            }
        }
        Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
        return alert.find() ? "TLS handshake failed: the node reports " + alert.group(1) : "TLS handshake failed";
    }

    private String ofSocket(Throwable cause, String message) {
        if (cause instanceof ConnectTimeoutException) {
            return "no connection in time";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        if (cause instanceof ConnectException) {
            return message.contains("refused") ? "connection refused" : "connection refused or no route";
        }
        if (message.contains("nreachable") || message.contains("Network is down")) {
            return "network unreachable";
        }
        return closed();
    }

    private String closed() {
        return isTls ? CLOSED : CLOSED + ": the port may expect TLS (rediss://), or is not a Redis";
    }

    /** Whether Redis wants another password or user. */
    static boolean isRefusedLogin(String message) {
        return message.startsWith("WRONGPASS") || message.startsWith("NOAUTH") || message.contains("invalid password");
    }

    /** Why Redis refused a login or a command, or null if the error reply does not say that. */
    @Nullable
    String ofReply(String message) {
        String code = message.split(" ", 2)[0];
        return switch (code) {
            case "WRONGPASS" -> wrongPassword("WRONGPASS");
            case "NOAUTH" -> "a password is required (" + passwordProperty + "), reply=NOAUTH";
            case "NOPERM" -> "the user lacks a permission, reply=NOPERM " + denied(message);
            case "DENIED" ->
                "protected mode: Redis accepts only local connections until it has a password, reply=DENIED";
            case "LOADING" -> "loading its data";
            case "MASTERDOWN" -> "the replica has no link to its master";
            case "CLUSTERDOWN" -> "the cluster is down or a slot has no node, reply=CLUSTERDOWN";
            case "ILLEGAL_STATE" -> "not a Redis: its reply is not of the Redis protocol";
            case "CONNECTION_CLOSED" -> closed();
            case "ERR" -> ofError(message);
            default -> null;
        };
    }

    /** The reason for a node that accepted a login before: then it is neither the wrong port nor the wrong program. */
    static String ofReconnecting(String reason) {
        return reason.startsWith(CLOSED) ? CLOSED : reason;
    }

    private @Nullable String ofError(String message) {
        if (message.contains("invalid password")) {
            return wrongPassword("ERR");
        }
        if (message.contains("max number of clients")) {
            return "too many clients, reply=ERR max number of clients reached";
        }
        return message.contains("wrong number of arguments for 'auth'")
                ? "Redis before version 6 has no users: the URL must have a password only (" + passwordProperty + ")"
                : null;
    }

    private String wrongPassword(String reply) {
        return "wrong password or user (" + passwordProperty + "), reply=" + reply;
    }

    private static String denied(String message) {
        Matcher command = DENIED_COMMAND.matcher(message);
        return command.find()
                ? command.group(1)
                : message.contains("key") ? "key" : message.contains("channel") ? "channel" : "command";
    }
}
