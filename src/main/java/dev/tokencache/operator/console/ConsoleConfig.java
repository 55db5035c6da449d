package dev.tokencache.operator.console;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "tokencache.console")
public interface ConsoleConfig {

    /** Whether the management port serves the console. */
    @WithDefault("true")
    boolean enabled();
}
