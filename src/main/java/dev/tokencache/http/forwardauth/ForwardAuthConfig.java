package dev.tokencache.http.forwardauth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Forward-auth: the answer to a web server that asks about a request of a browser. */
@ConfigMapping(prefix = "tokencache.forward-auth")
public interface ForwardAuthConfig {

    /** The cookie that holds the token when there is no {@code Authorization: Bearer}. */
    @WithDefault("sso_token")
    String cookie();

    /** Whether the web server must name itself, with {@code X-Caller-Authorization: Basic …} and the role validate. */
    @WithDefault("false")
    boolean requireCaller();

    /** The longest {@code X-Auth-Claims}, in bytes of its value; longer ones are left out. */
    @WithDefault("2048")
    int claimsHeaderLimit();
}
