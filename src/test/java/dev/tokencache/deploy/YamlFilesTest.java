package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks the text of {@code deploy/envoy} and {@code deploy/traefik}, which no test runs. */
class YamlFilesTest {

    @Test
    void shouldHaveEnvoyRefuseRequestsWhileTokenCacheIsDown() throws IOException {
        JsonNode authorization = envoyFilter("envoy.filters.http.ext_authz");

        assertThat(authorization.at("/failure_mode_allow").booleanValue()).isFalse();
        assertThat(authorization.at("/failure_mode_allow").isBoolean()).isTrue();
        assertThat(authorization.at("/status_on_error/code").asText()).isEqualTo("ServiceUnavailable");
        assertThat(authorization.at("/http_service/path_prefix").asText()).isEqualTo("/v1/auth");
        JsonNode unknown = envoyConnectionManager().at("/local_reply_config/mappers/0");
        assertThat(unknown.at("/status_code").asInt()).isEqualTo(503);
        assertThat(unknown.at("/headers_to_add/0/header/key").asText()).isEqualTo("Retry-After");
    }

    @Test
    void shouldHaveEnvoyRemoveIdentityHeadersOfTheClientFirst() throws IOException {
        JsonNode mutations = envoyFilter("envoy.filters.http.header_mutation").at("/mutations/request_mutations");

        assertThat(texts(mutations, "/remove"))
                .containsExactlyElementsOf(Attacks.IDENTITY.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(texts(envoyConnectionManager().at("/http_filters"), "/name"))
                .containsExactly(
                        "envoy.filters.http.header_mutation",
                        "envoy.filters.http.lua",
                        "envoy.filters.http.ext_authz",
                        "envoy.filters.http.router");
        assertThat(envoyConnectionManager()
                        .at("/common_http_protocol_options/headers_with_underscores_action")
                        .asText())
                .isEqualTo("DROP_HEADER");
    }

    @Test
    void shouldHaveEnvoyRemoveEveryOtherSpelling() throws IOException {
        String script = envoyFilter("envoy.filters.http.lua")
                .at("/default_source_code/inline_string")
                .asText();

        // In Lua, %W is any character but a letter or digit, as in the regular expression.
        assertThat(script).contains("find(\"^x%Wauth%W\")");
        assertThat(spellings()).allMatch(name -> Pattern.matches("(?s)x[^a-z0-9]auth[^a-z0-9].*", name));
    }

    @Test
    void shouldHaveTraefikForwardEveryIdentityHeader() throws IOException {
        JsonNode ask = traefik().at("/http/middlewares/sso/forwardAuth");

        assertThat(ask.at("/address").asText()).endsWith("/v1/auth");
        assertThat(texts(ask.at("/authResponseHeaders"), "")).containsExactlyElementsOf(Attacks.IDENTITY);
        assertThat(texts(ask.at("/authRequestHeaders"), "")).containsExactly("Authorization", "Cookie");
        assertThat(texts(traefik().at("/http/routers/application/middlewares"), ""))
                .containsExactly("sso");
    }

    /** forwardAuth removes the client's headers that match the expression, and copies those of token-cache that do. */
    @Test
    void shouldHaveTraefikRemoveEverySpelling() throws IOException {
        Pattern removed = Pattern.compile(traefik()
                .at("/http/middlewares/sso/forwardAuth/authResponseHeadersRegex")
                .asText());

        assertThat(spellings()).allMatch(name -> removed.matcher(name).find());
        assertThat("x-authorization").doesNotMatch(removed);
    }

    /** The names of the attacks that an HTTP server accepts (RFC 9110 section 5.6.2), in lower case as Envoy has them. */
    private static List<String> spellings() {
        return Attacks.identityHeaders().stream()
                .flatMap(attack -> Pattern.compile("[\r\n]+").splitAsStream(attack))
                .map(line -> line.split(":")[0].toLowerCase(Locale.ROOT))
                .filter(name -> name.matches("x[!#$%&'*+.^_`|~-]auth[!#$%&'*+.^_`|~0-9a-z-]*"))
                .toList();
    }

    private static JsonNode envoyConnectionManager() throws IOException {
        return parse("envoy/envoy.yaml").at("/static_resources/listeners/0/filter_chains/0/filters/0/typed_config");
    }

    private static JsonNode envoyFilter(String name) throws IOException {
        return StreamSupport.stream(envoyConnectionManager().at("/http_filters").spliterator(), false)
                .filter(filter -> filter.at("/name").asText().equals(name))
                .map(filter -> filter.at("/typed_config"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode traefik() throws IOException {
        return parse("traefik/token-cache.yaml");
    }

    private static JsonNode parse(String path) throws IOException {
        return new YAMLMapper().readTree(ShippedFile.of(path).text());
    }

    private static List<String> texts(JsonNode array, String pointer) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(element -> element.at(pointer).asText())
                .toList();
    }
}
