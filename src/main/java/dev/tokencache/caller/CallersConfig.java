package dev.tokencache.caller;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs that may call the API. */
@ConfigMapping(prefix = "tokencache.callers")
public interface CallersConfig {

    /** Each caller by its id. */
    @WithParentName
    Map<String, Entry> byId();

    /**
     * One caller. Every property is optional text, because {@link Callers} reports problems with better messages than the
     * configuration framework.
     */
    interface Entry {

        /**
         * The SHA-256 of the caller's secret, 64 hexadecimal digits: {@code printf %s "$SECRET" | sha256sum}. While the secret is
         * rotated, those of the old and the new one, separated by a comma.
         */
        Optional<String> secretSha256();

        /** The caller's roles: any of {@code issue}, {@code validate}, {@code revoke}, {@code admin}. */
        Optional<List<String>> roles();
    }
}
