package dev.tokencache.redis.connection;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains why a TLS handshake with a node failed, without quoting certificates. */
final class TlsFailure {

    /** An alert of RFC 8446 section 6, such as {@code certificate_required}. */
    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]{1,40})");

    private TlsFailure() {}

    /** @param failure the exception of the handshake; the reason is one of its causes */
    static String reason(Throwable failure) {
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
}
