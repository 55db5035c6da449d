package dev.tokencache.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the versions in {@code docs/clients.md} with those that {@code src/test/clients} installs. */
class ClientVersionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "node/package.json;\"openid-client\": \"(.*)\";'[openid-client](#openid-client) | VERSION |'",
                "node/package.json;\"oauth4webapi\": \"(.*)\";'[oauth4webapi](#oauth4webapi) | VERSION |'",
                "node/package-lock.json;node_modules/jose\": \\{\\s+\"version\": \"(.*)\";'(tested with VERSION)'",
                "quarkus/pom.xml;<quarkus.version>(.*)<;'[Quarkus OIDC](#quarkus-oidc) | VERSION |'",
                "spring/pom.xml;<nimbus-sdk.version>(.*)<;'SDK](#nimbus-oauth-20-sdk) | VERSION |'",
                "spring/pom.xml;parent</artifactId>\\s+<version>(.*)<;'[Spring Security](#spring-security) | Boot VERSION |'",
                "spring/pom.xml;parent</artifactId>\\s+<version>(.*)<;'(tested with Spring Boot VERSION)'",
            })
    void shouldNameTheTestedVersion(String file, String pattern, String named) throws IOException {
        Matcher version = Pattern.compile(pattern).matcher(Files.readString(Path.of("src/test/clients", file)));
        assertThat(version.find()).isTrue();
        assertThat(Recipes.read().page()).contains(named.replace("VERSION", version.group(1)));
    }
}
