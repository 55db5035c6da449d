package dev.tokencache.audit;

import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Writes audit lines at INFO to a log category of their own; validations are not audited. Thread-safe. */
@Singleton
public final class AuditLog {

    public static final String CATEGORY = "tokencache.audit";
    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private final AuditConfig.Format format;

    AuditLog(AuditConfig config) {
        this.format = config.format();
    }

    /** Whether the category is enabled. If not, callers need not create entries. */
    public boolean isOn() {
        return LOG.isInfoEnabled();
    }

    public void write(AuditEntry entry) {
        // Not a format string: a caller's id may contain a percent sign.
        LOG.info(format == AuditConfig.Format.JSON ? entry.json() : entry.text());
    }
}
