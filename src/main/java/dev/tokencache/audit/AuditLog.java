package dev.tokencache.audit;

import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Writes audit lines, at INFO, to a category of their own, so that the settings of logging can switch them off or send
 * them elsewhere. Not asked on the way of a validation. Thread-safe.
 */
@Singleton
public final class AuditLog {

    /** The log category. */
    public static final String CATEGORY = "tokencache.audit";

    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private final AuditConfig.Format format;

    AuditLog(AuditConfig config) {
        this.format = config.format();
    }

    /** Whether anybody reads it: if not, there is no need to make entries. */
    public boolean isOn() {
        return LOG.isInfoEnabled();
    }

    public void write(AuditEntry entry) {
        // Not as a format: what a caller is called is no pattern.
        LOG.info(format == AuditConfig.Format.JSON ? entry.json() : entry.text());
    }
}
