package dev.tokencache.redis.connection;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;

/** Why a TLS handshake with a node failed, in words for whoever has to set it right. Says nothing of certificates. */
final class TlsFailure {

    private TlsFailure() {}

    /** @param failure what the handshake failed with, the reason somewhere among its causes */
    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NotSslRecordException) {
                return "TLS handshake failed: it does not speak TLS on this port";
            }
            if (cause instanceof CertificateExpiredException) {
                return "TLS handshake failed: its certificate has expired";
            }
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                return "TLS handshake failed: its certificate is not signed by an authority that is trusted here"
                        + " (quarkus.tls.<name>.trust-store)";
            }
            // The JDK checks names last, and says so in a plain exception without a cause.
            if (cause.getClass() == CertificateException.class && cause.getCause() == null) {
                return "TLS handshake failed: its certificate is for another name than it is reached by"
                        + " (quarkus.tls.<name>.hostname-verification-algorithm)";
            }
        }
        return "TLS handshake failed: " + failure.getClass().getSimpleName();
    }
}
