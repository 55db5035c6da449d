package dev.tokencache.logout;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;
import java.util.Map;
import java.util.Optional;

/** The OpenID providers that may log users out. */
@ConfigMapping(prefix = "tokencache.logout")
public interface LogoutConfig {

    /** Each provider by its id. */
    @WithParentName
    Map<String, Provider> byId();

    interface Provider {

        /** {@code iss}, as the provider writes it. */
        Optional<String> issuer();

        /** {@code aud}: the client id of the login service at the provider. */
        Optional<String> audience();

        /** The provider's public keys, a JSON Web Key Set: an {@code https://} URL, or a file. */
        Optional<String> jwks();

        /** The {@code quarkus.tls.<name>} whose trust store applies to the URL. Without it, that of the JDK. */
        Optional<String> tlsConfigurationName();
    }
}
