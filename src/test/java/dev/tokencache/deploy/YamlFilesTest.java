package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks the text of {@code deploy/envoy} and {@code deploy/traefik}, which no test runs. */
class YamlFilesTest {

    private static final List<String> IDENTITY = List.of(
            "X-Auth-Subject",
            "X-Auth-Token-Id",
            "X-Auth-Expires",
            "X-Auth-Scope",
            "X-Auth-Claims",
            "X-Auth-Claims-Omitted");

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
                .containsExactlyElementsOf(IDENTITY.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(texts(envoyConnectionManager().at("/http_filters"), "/name"))
                .containsExactly(
                        "envoy.filters.http.header_mutation",
                        "envoy.filters.http.ext_authz",
                        "envoy.filters.http.router");
        assertThat(envoyConnectionManager()
                        .at("/common_http_protocol_options/headers_with_underscores_action")
                        .asText())
                .isEqualTo("DROP_HEADER");
    }

    @Test
    void shouldHaveTraefikForwardEveryIdentityHeader() throws IOException {
        JsonNode ask = traefik().at("/http/middlewares/sso-ask/forwardAuth");

        assertThat(ask.at("/address").asText()).endsWith("/v1/auth");
        assertThat(texts(ask.at("/authResponseHeaders"), "")).containsExactlyElementsOf(IDENTITY);
        assertThat(texts(ask.at("/authRequestHeaders"), "")).containsExactly("Authorization", "Cookie");
    }

    @Test
    void shouldHaveTraefikRemoveEveryOtherSpelling() throws IOException {
        JsonNode removed = traefik().at("/http/middlewares/sso-odd-spellings/headers/customRequestHeaders");
        List<String> names = new ArrayList<>();
        removed.fields().forEachRemaining(entry -> {
            assertThat(entry.getValue().asText()).as(entry.getKey()).isEmpty();
            names.add(entry.getKey().toLowerCase(Locale.ROOT));
        });

        assertThat(names).containsExactlyInAnyOrderElementsOf(oddSpellings());
        assertThat(texts(traefik().at("/http/routers/application/middlewares"), ""))
                .containsExactly("sso");
        assertThat(texts(traefik().at("/http/middlewares/sso/chain/middlewares"), ""))
                .containsExactly("sso-odd-spellings", "sso-ask");
    }

    /** All spellings of these names with at least one underscore instead of a hyphen. */
    private static List<String> oddSpellings() {
        List<String> spellings = new ArrayList<>();
        for (String name : IDENTITY) {
            String[] words = name.toLowerCase(Locale.ROOT).split("-");
            for (int underscores = 1; underscores < 1 << (words.length - 1); underscores++) {
                StringBuilder spelling = new StringBuilder(words[0]);
                for (int i = 1; i < words.length; i++) {
                    spelling.append((underscores & 1 << (i - 1)) == 0 ? '-' : '_')
                            .append(words[i]);
                }
                spellings.add(spelling.toString());
            }
        }
        return spellings;
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
