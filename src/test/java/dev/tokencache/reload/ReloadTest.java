package dev.tokencache.reload;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.token.InvalidRequestException.Violation;
import dev.tokencache.token.TokenKeys;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.QuarkusConfigBuilderCustomizer;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.FallbackConfigSourceInterceptor;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.PropertiesLocationConfigSourceFactory;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ReloadTest {

    private static final String HASH = "ab".repeat(32);
    private static final String OTHER_HASH = "cd".repeat(32);
    private static final String KEY = "dGhlIHRva2VuIGtleSBvZiBhbGwgc2VydmljZSBwcm9jZXNzZXM=";
    private static final String OTHER_KEY = "YW5vdGhlciB0b2tlbiBrZXkgb2YgYWxsIHNlcnZpY2UgcHJvY2Vzc2Vz";

    /** As that of former settings, which SmallRye Config finds by its service file. */
    public static final class RenamedKey extends FallbackConfigSourceInterceptor {

        private static final long serialVersionUID = 1L;

        public RenamedKey() {
            super(Map.of("tokencache.token.active-key", "tokencache.token.first-key"));
        }
    }

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> inUse = new ArrayList<>();
    private Path secrets;

    @BeforeEach
    void write() {
        secrets = folder.resolve("secrets");
        write(secrets.resolve("callers.properties"), callers(HASH, "validate"));
        write(secrets.resolve("token-keys.properties"), keys("k1", KEY, "k1"));
        write(secrets.resolve("redis.properties"), "tokencache.redis.password-file=" + folder.resolve("password"));
        write(folder.resolve("password"), "first");
        write(folder.resolve("settings.properties"), "tokencache.redis.timeout=2s\n");
    }

    private static String callers(String hash, String roles) {
        return "tokencache.callers.web.secret-sha256=" + hash + "\ntokencache.callers.web.roles=" + roles + "\n";
    }

    private static String keys(String kid, String key, String active) {
        return "tokencache.token.keys." + kid + "=" + key + "\ntokencache.token.active-key=" + active + "\n";
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            // As most tools do it: no reader sees half a file.
            Path written = Files.writeString(file.resolveSibling("." + file.getFileName()), text);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SmallRyeConfig started() {
        String locations = "file:" + folder.resolve("settings.properties") + ",file:" + secrets;
        return new SmallRyeConfigBuilder()
                .withCustomizers(new QuarkusConfigBuilderCustomizer())
                .addDefaultInterceptors()
                .addDiscoveredInterceptors()
                .withSources(new PropertiesConfigSource(
                        Map.of("quarkus.config.locations", locations, "tokencache.callers.cli.roles", "admin"),
                        "other"))
                .withSources(new PropertiesConfigSource(
                        Map.of("tokencache.callers.cli.secret-sha256", HASH), "overridden", 50))
                .withSources(new PropertiesLocationConfigSourceFactory())
                .build();
    }

    private Reload reload() {
        return new Reload(
                new ConfigFiles(started()),
                List.of(
                        new Reloadable("callers", List.of("tokencache.callers."), List.of(), config -> {
                            Callers.from(config.getConfigMapping(CallersConfig.class));
                            return () -> inUse.add("callers");
                        }),
                        new Reloadable(
                                "token_keys",
                                List.of("tokencache.token.keys.", "tokencache.token.active-key"),
                                List.of(),
                                config -> {
                                    TokenKeys.of(
                                            config.getOptionalValues(
                                                            "tokencache.token.keys", String.class, String.class)
                                                    .orElse(Map.of()),
                                            config.getOptionalValue("tokencache.token.active-key", String.class));
                                    return () -> inUse.add("token_keys");
                                }),
                        new Reloadable(
                                "redis",
                                List.of("quarkus.redis.hosts", "tokencache.redis.password-file"),
                                List.of("tokencache.redis.password-file"),
                                config -> () -> inUse.add("redis"))),
                "token_keys",
                registry);
    }

    private static Reload.Outcome done(String... changed) {
        return new Reload.Outcome.Done(List.of(changed), List.of());
    }

    @Test
    void shouldFindNoChangeWhereThereIsNone() {
        assertThat(reload().reload()).isEqualTo(done());
    }

    @Test
    void shouldPutNewValuesIntoUseAndNameTheirKinds() {
        Reload reload = reload();
        write(secrets.resolve("callers.properties"), callers(OTHER_HASH, "validate"));

        assertThat(reload.reload()).isEqualTo(done("callers"));
        assertThat(inUse).containsExactly("callers", "token_keys", "redis");
        assertThat(reload.reload()).isEqualTo(done());
    }

    @Test
    void shouldFindANewFileInAFolder() {
        Reload reload = reload();
        write(secrets.resolve("more.properties"), callers(HASH, "admin").replace(".web.", ".more."));

        assertThat(reload.reload()).isEqualTo(done("callers"));
    }

    @Test
    void shouldForgetWhatIsNoLongerInAFile() {
        write(secrets.resolve("more.properties"), callers(HASH, "admin").replace(".web.", ".more."));
        Reload reload = reload();
        write(secrets.resolve("more.properties"), "");

        assertThat(reload.reload()).isEqualTo(done("callers"));
    }

    @Test
    void shouldFindANewPasswordInTheFileThatAPropertyNames() {
        Reload reload = reload();
        reload.reload();
        assertThat(reload.check()).isFalse();
        write(folder.resolve("password"), "second");

        assertThat(reload.check()).isTrue();
        assertThat(reload.check()).isFalse();

        assertThat(reload.reload()).isEqualTo(done());
        assertThat(inUse).hasSize(9);
    }

    @Test
    void shouldChangeNothingIfOneValueIsInvalid() {
        Reload reload = reload();
        write(secrets.resolve("token-keys.properties"), keys("k1", OTHER_KEY, "k1"));
        write(secrets.resolve("callers.properties"), callers("hunter2", "root"));

        Reload.Outcome outcome = reload.reload();

        assertThat(((Reload.Outcome.Invalid) outcome).violations())
                .extracting(Violation::field)
                .containsExactly("tokencache.callers.web.secret-sha256", "tokencache.callers.web.roles");
        assertThat(outcome.toString()).doesNotContain("hunter2");
        assertThat(inUse).isEmpty();
        assertThat(failures("tokencache.callers.web.roles")).isEqualTo(1);
        assertThat(isLastSuccessful()).isFalse();
    }

    @Test
    void shouldUseTheNextValidFile() {
        Reload reload = reload();
        write(secrets.resolve("callers.properties"), callers("hunter2", "validate"));
        reload.reload();
        write(secrets.resolve("callers.properties"), callers(OTHER_HASH, "validate"));

        assertThat(reload.reload()).isEqualTo(done("callers"));
        assertThat(isLastSuccessful()).isTrue();
    }

    @Test
    void shouldReportAFileThatCannotBeRead() throws IOException {
        Reload reload = reload();
        write(secrets.resolve("callers.properties"), "tokencache.callers.web.secret-sha256=\\u12hunter2");

        assertThat(reload.reload().toString())
                .contains("quarkus.config.locations")
                .doesNotContain("hunter2");

        write(secrets.resolve("callers.properties"), callers(HASH, "validate"));
        Files.delete(folder.resolve("settings.properties"));
        assertThat(reload.reload()).isInstanceOf(Reload.Outcome.Invalid.class);
        assertThat(failures("quarkus.config.locations")).isEqualTo(2);
    }

    /** The message of the configuration framework would quote the value. */
    @Test
    void shouldNotQuoteAValueThatCannotBeExpanded() {
        Reload reload = reload();
        write(secrets.resolve("callers.properties"), callers("${hunter2}", "validate"));

        assertThat(reload.reload().toString())
                .contains("tokencache.callers.")
                .contains("Invalid")
                .doesNotContain("hunter2");
    }

    @Test
    void shouldNameTheSettingsThatNeedARestart() {
        Reload reload = reload();
        write(
                folder.resolve("settings.properties"),
                "tokencache.redis.timeout=3s\n%prod.tokencache.token.max-ttl=1D\n");

        Reload.Outcome expected =
                new Reload.Outcome.Done(List.of(), List.of("tokencache.redis.timeout", "tokencache.token.max-ttl"));
        assertThat(reload.reload()).isEqualTo(expected);
        assertThat(reload.reload()).isEqualTo(expected);

        write(folder.resolve("settings.properties"), "tokencache.redis.timeout=2s\n");
        assertThat(reload.reload()).isEqualTo(done());
    }

    @Test
    void shouldReadAFormerNameAsAtTheStart() throws IOException {
        Path classes = folder.resolve("classes");
        write(
                classes.resolve("META-INF/services").resolve(ConfigSourceInterceptor.class.getName()),
                RenamedKey.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            String keys = keys("k1", KEY, "k1").replace("active-key", "first-key");
            write(secrets.resolve("token-keys.properties"), keys);
            Reload reload = reload();
            Thread.currentThread().setContextClassLoader(before);
            assertThat(reload.reload()).isEqualTo(done());

            write(secrets.resolve("token-keys.properties"), keys.replace(KEY, OTHER_KEY));

            assertThat(reload.reload()).isEqualTo(done("token_keys"));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void shouldReloadTheUserInAnAddressButNotTheAddress() {
        write(secrets.resolve("redis.properties"), "quarkus.redis.hosts=redis://user:a@h:1,redis://user:a@i:1");
        Reload reload = reload();

        write(secrets.resolve("redis.properties"), "quarkus.redis.hosts=redis://user:b@h:1,redis://user:b@i:1");
        assertThat(reload.reload()).isEqualTo(done("redis"));

        write(secrets.resolve("redis.properties"), "quarkus.redis.hosts=redis://user:b@h:2,redis://user:b@i:1");
        assertThat(reload.reload())
                .isEqualTo(new Reload.Outcome.Done(List.of("redis"), List.of("quarkus.redis.hosts")));
    }

    /** As the kubelet does it: the files are links into a folder that is a link itself, and only that is replaced. */
    @Test
    void shouldNoticeTheSwapOfAProjectedSecret() throws IOException {
        Path mount = folder.resolve("mount");
        Path first = Files.createDirectories(mount.resolve("..2026_01"));
        Path second = Files.createDirectories(mount.resolve("..2026_02"));
        write(first.resolve("callers.properties"), callers(HASH, "validate"));
        write(second.resolve("callers.properties"), callers(OTHER_HASH, "validate"));
        Files.setLastModifiedTime(second.resolve("callers.properties"), FileTime.fromMillis(0));
        Files.setLastModifiedTime(first.resolve("callers.properties"), FileTime.fromMillis(0));
        Files.createSymbolicLink(mount.resolve("..data"), first.getFileName());
        Files.createSymbolicLink(mount.resolve("callers.properties"), Path.of("..data", "callers.properties"));
        write(mount.resolve("token-keys.properties"), keys("k1", KEY, "k1"));
        secrets = mount;
        Reload reload = reload();
        assertThat(reload.reload()).isEqualTo(done());
        assertThat(reload.check()).isFalse();

        Files.createSymbolicLink(mount.resolve("..data_tmp"), second.getFileName());
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(reload.check()).isTrue();
        inUse.clear();
        assertThat(reload.check()).isFalse();
        assertThat(inUse).contains("callers");
    }

    @Test
    void shouldWaitUntilAFileNoLongerChanges() {
        Reload reload = reload();
        reload.reload();
        write(secrets.resolve("callers.properties"), "tokencache.callers.web.secret-sha256=" + OTHER_HASH);
        assertThat(reload.check()).isTrue();
        write(secrets.resolve("callers.properties"), callers(OTHER_HASH, "validate"));
        assertThat(reload.check()).isTrue();
        assertThat(reload.check()).isFalse();

        assertThat(isLastSuccessful()).isTrue();
        assertThat(reload.check()).isFalse();
    }

    @Test
    void shouldNotTryAnInvalidFileAgainUntilItChanges() {
        Reload reload = reload();
        write(secrets.resolve("callers.properties"), callers("hunter2", "validate"));
        reload.check();
        reload.check();
        assertThat(reload.check()).isFalse();

        assertThat(failures("tokencache.callers.web.secret-sha256")).isEqualTo(1);
    }

    @Test
    void shouldHaveTheSameFingerprintsInInstancesWithTheSameValues() {
        Reload one = reload();
        one.reload();
        double callers = fingerprint("callers");
        double redis = fingerprint("redis");
        registry.clear();

        reload().reload();
        assertThat(fingerprint("callers")).isEqualTo(callers);
        assertThat(fingerprint("redis")).isEqualTo(redis);

        write(folder.resolve("password"), "second");
        registry.clear();
        reload().reload();
        assertThat(fingerprint("callers")).isEqualTo(callers);
        assertThat(fingerprint("redis")).isNotEqualTo(redis);
    }

    /** Otherwise a password could be guessed offline. */
    @Test
    void shouldKeyFingerprintsWithTheTokenKeys() {
        reload().reload();
        double redis = fingerprint("redis");
        registry.clear();
        write(secrets.resolve("token-keys.properties"), keys("k1", OTHER_KEY, "k1"));

        reload().reload();

        assertThat(fingerprint("redis")).isNotEqualTo(redis);
    }

    private double fingerprint(String kind) {
        return registry.get("tokencache.config.fingerprint")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    private double failures(String property) {
        return registry.get("tokencache.reload.failures")
                .tag("property", property)
                .counter()
                .count();
    }

    private boolean isLastSuccessful() {
        return registry.get("tokencache.config.last.reload.successful").gauge().value() == 1;
    }
}
