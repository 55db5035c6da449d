package dev.tokencache.http.connection;

import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import jakarta.inject.Singleton;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the API, which can change between two handshakes. Thread-safe.
 *
 * <p>Vert.x can replace the TLS options of a server, but closes the connections that arrive while it builds the new context.
 * Here the context stays, and its key manager changes.
 */
@Singleton
public final class ServerCertificate extends X509ExtendedKeyManager {

    /** Two generations, because a handshake asks first for the alias, and later for the key and the certificate. */
    private record Generations(int number, X509ExtendedKeyManager present, X509ExtendedKeyManager previous) {

        String alias(String own) {
            return number + ":" + own;
        }

        X509ExtendedKeyManager of(String alias) {
            return alias.startsWith(number + ":") ? present : previous;
        }
    }

    private final Vertx vertx;
    private final String name;
    private final boolean isShared;
    private volatile @Nullable Generations generations;

    ServerCertificate(
            Vertx vertx,
            @ConfigProperty(name = "quarkus.http.tls-configuration-name") Optional<String> name,
            @ConfigProperty(name = "quarkus.management.tls-configuration-name") Optional<String> ofManagement) {
        this.vertx = vertx;
        this.name = name.orElse(TlsConfig.DEFAULT_NAME);
        this.isShared = ofManagement.isPresent() && ofManagement.equals(name);
    }

    /** Becomes the key manager of the server, unless it has one for each host name or verifies clients. */
    void manage(HttpServerOptions options) {
        KeyCertOptions configured = options.getKeyCertOptions();
        if (configured != null && options.getTrustOptions() == null && !options.isSni() && !isShared) {
            X509ExtendedKeyManager keys = keys(configured);
            generations = new Generations(0, keys, keys);
            options.setKeyCertOptions(KeyCertOptions.wrap(this));
        }
    }

    private X509ExtendedKeyManager keys(KeyCertOptions options) {
        try {
            return (X509ExtendedKeyManager) options.getKeyManagerFactory(vertx).getKeyManagers()[0];
        } catch (Exception unreadable) {
            throw new IllegalArgumentException("quarkus.tls." + name + " names a file that cannot be read", unreadable);
        }
    }

    /** Uses another certificate from the next handshake on. Returns false if this server needs another way. */
    public boolean use(TlsConfiguration changed) {
        Generations before = generations;
        if (before == null || !changed.getName().equals(name)) {
            return false;
        }
        generations = new Generations(before.number() + 1, keys(changed.getKeyStoreOptions()), before.present());
        return true;
    }

    private Generations current() {
        Generations current = generations;
        if (current == null) {
            throw new IllegalStateException("not in use");
        }
        return current;
    }

    private static String own(String alias) {
        return alias.substring(alias.indexOf(':') + 1);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        Generations current = current();
        String own = current.present().chooseEngineServerAlias(keyType, issuers, engine);
        return own == null ? null : current.alias(own);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return current().of(alias).getCertificateChain(own(alias));
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current().of(alias).getPrivateKey(own(alias));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
