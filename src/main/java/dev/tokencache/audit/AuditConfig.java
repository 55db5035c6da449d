package dev.tokencache.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The format of audit lines. The settings of their log category decide whether and where they are written. */
@ConfigMapping(prefix = "tokencache.audit")
public interface AuditConfig {

    /** The format of a line's message. */
    @WithDefault("text")
    Format format();

    /** The format of an audit line. */
    enum Format {
        /** {@code action=renew caller=login jti=... result=done}. */
        TEXT,
        /** <code>{"action":"renew","caller":"login","jti":"...","result":"done"}</code>. */
        JSON
    }
}
