package dev.tokencache.http.forwardauth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of forward-auth. */
@ConfigMapping(prefix = "tokencache.forward-auth")
public interface ForwardAuthConfig {

    /** The name of the cookie that holds the token, used without {@code Authorization: Bearer}. */
    @WithDefault("sso_token")
    String cookie();

    /** Whether the web server must authenticate with {@code X-Caller-Authorization: Basic …} and have the role validate. */
    @WithDefault("false")
    boolean requireCaller();

    /** The maximum length of {@code X-Auth-Claims} in bytes. A longer value is left out. */
    @WithDefault("2048")
    int claimsHeaderLimit();
}
