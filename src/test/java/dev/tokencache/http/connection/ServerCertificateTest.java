package dev.tokencache.http.connection;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServerCertificateTest {

    private final Vertx vertx = Vertx.vertx();
    private final ServerCertificate certificate = new ServerCertificate(vertx, Optional.of("api"), Optional.empty());
    private final Keys first = new Keys();
    private final Keys second = new Keys();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static HttpServerOptions serving(Keys keys) {
        return new HttpServerOptions().setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(keys));
    }

    private static TlsConfiguration configuration(String name, Keys keys) {
        return (TlsConfiguration) Proxy.newProxyInstance(
                TlsConfiguration.class.getClassLoader(),
                new Class<?>[] {TlsConfiguration.class},
                (proxy, method, arguments) -> method.getName().equals("getName") ? name : KeyCertOptions.wrap(keys));
    }

    private String choose() {
        return certificate.chooseEngineServerAlias("EC", null, null);
    }

    @Test
    void shouldUseAnotherKeyFromTheNextHandshakeOn() {
        certificate.manage(serving(first));
        assertThat(certificate.getPrivateKey(choose())).isSameAs(first.key);

        assertThat(certificate.use(configuration("api", second))).isTrue();

        assertThat(certificate.getPrivateKey(choose())).isSameAs(second.key);
    }

    /** A handshake asks for the alias first, and for the key and the certificate later. */
    @Test
    void shouldCompleteAHandshakeWithTheKeyItHasBegunWith() {
        certificate.manage(serving(first));
        String begun = choose();

        certificate.use(configuration("api", second));

        assertThat(certificate.getPrivateKey(begun)).isSameAs(first.key);
        assertThat(certificate.getCertificateChain(begun)).isSameAs(first.chain);
    }

    @Test
    void shouldLeaveOtherServersAlone() {
        assertThat(certificate.use(configuration("api", second))).isFalse();

        certificate.manage(serving(first).setTrustOptions(new PemTrustOptions()));
        assertThat(certificate.use(configuration("api", second))).isFalse();

        certificate.manage(serving(first));
        assertThat(certificate.use(configuration("redis", second))).isFalse();
        assertThat(certificate.getPrivateKey(choose())).isSameAs(first.key);
    }

    /** A key manager with one alias. */
    private static final class Keys extends X509ExtendedKeyManager {

        private final X509Certificate[] chain = new X509Certificate[0];
        private final PrivateKey key = (PrivateKey) Proxy.newProxyInstance(
                PrivateKey.class.getClassLoader(),
                new Class<?>[] {PrivateKey.class},
                (proxy, method, arguments) -> null);

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return "one:alias";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return alias.equals("one:alias") ? chain : null;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return alias.equals("one:alias") ? key : null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
