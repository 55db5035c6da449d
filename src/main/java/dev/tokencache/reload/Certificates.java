package dev.tokencache.reload;

import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.smallrye.config.NameIterator;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** The certificates of {@code quarkus.tls.*}, of the HTTP servers and of the connections to Redis. Not thread-safe. */
final class Certificates implements Reloadable.Change {

    static final String PREFIX = "quarkus.tls.";

    private static final Set<String> OF_DEFAULT = Set.of("key-store", "trust-store", "certificate-revocation-list");

    private final TlsConfigurationRegistry registry;
    private final Consumer<TlsConfiguration> updated;
    private final Vertx vertx;
    private Map<String, List<String>> inUse;

    /**
     * @param updated puts changed certificates into use
     * @param started the configuration whose files the registry has just read
     */
    Certificates(
            TlsConfigurationRegistry registry,
            Consumer<TlsConfiguration> updated,
            Vertx vertx,
            SmallRyeConfig started) {
        this.registry = registry;
        this.updated = updated;
        this.vertx = vertx;
        this.inUse = states(started);
    }

    /** The states of the files of each TLS configuration, by its name. */
    private static Map<String, List<String>> states(SmallRyeConfig config) {
        Map<String, List<String>> states = new TreeMap<>();
        for (String property : ConfigFiles.names(config)) {
            if (property.startsWith(PREFIX)) {
                ConfigFiles.named(config, property)
                        .forEach(file -> states.computeIfAbsent(nameIn(property), first -> new ArrayList<>())
                                .add(ConfigFiles.state(file)));
            }
        }
        return states;
    }

    private static String nameIn(String property) {
        NameIterator segments = new NameIterator(property, PREFIX.length() - 1);
        String name = segments.getNextSegment();
        return OF_DEFAULT.contains(name) ? TlsConfig.DEFAULT_NAME : name;
    }

    @Override
    public Runnable prepare(SmallRyeConfig config) {
        Map<String, List<String>> now = states(config);
        List<TlsConfiguration> changed = new ArrayList<>();
        now.forEach((name, files) -> {
            if (!files.equals(inUse.get(name))) {
                registry.get(name).ifPresent(changed::add);
            }
        });
        changed.forEach(this::read);
        return () -> {
            inUse = now;
            changed.forEach(updated);
        };
    }

    /** Reads the files into the registry. No one uses them there before {@code updated} is called. */
    private void read(TlsConfiguration configuration) {
        String problem = problemOf(configuration);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(PREFIX + configuration.getName() + " " + problem);
        }
    }

    private String problemOf(TlsConfiguration configuration) {
        try {
            if (!configuration.reload()) {
                return "names a file without a certificate or key";
            }
            return hasPairs(configuration) ? "" : "names a key and a certificate that do not belong together";
        } catch (Exception unreadable) {
            return "names a file that cannot be read";
        }
    }

    /** Whether each key matches its certificate: a tool may replace one of the two files earlier than the other. */
    private boolean hasPairs(TlsConfiguration configuration) throws Exception {
        if (configuration.getKeyStoreOptions() == null || configuration.getKeyStore() == null) {
            return true;
        }
        KeyManager[] managers =
                configuration.getKeyStoreOptions().getKeyManagerFactory(vertx).getKeyManagers();
        for (String alias : Collections.list(configuration.getKeyStore().aliases())) {
            X509KeyManager keys = (X509KeyManager) managers[0];
            PrivateKey key = keys.getPrivateKey(alias);
            X509Certificate[] chain = keys.getCertificateChain(alias);
            if (key != null && chain != null && !matches(key, chain[0])) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                });
        signature.initSign(key);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        return signature.verify(signed);
    }
}
