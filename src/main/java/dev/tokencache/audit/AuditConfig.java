package dev.tokencache.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The format of audit lines. The settings of their log category decide whether and where they are written. */
@ConfigMapping(prefix = "tokencache.audit")
public interface AuditConfig {

    @WithDefault("text")
    Format format();

    enum Format {
        /** {@code action=renew caller=login jti=... result=done}. */
        TEXT,
        /** <code>{"action":"renew","caller":"login","jti":"...","result":"done"}</code>. */
        JSON
    }
}
