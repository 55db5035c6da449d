package dev.tokencache.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How audit lines look. Whether and where they are written, the category's own settings say. */
@ConfigMapping(prefix = "tokencache.audit")
public interface AuditConfig {

    /** The form of a line's message. */
    @WithDefault("text")
    Format format();

    /** What a line can look like. */
    enum Format {
        /** {@code action=renew caller=login jti=... result=done}. */
        TEXT,
        /** <code>{"action":"renew","caller":"login","jti":"...","result":"done"}</code>. */
        JSON
    }
}
