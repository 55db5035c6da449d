package bench;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.reactive.RedisAdvancedClusterReactiveCommands;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.ObjectMapper;

/** The Spring WebFlux peer: functional routes, and Lettuce's reactive commands on the cluster. */
@SpringBootApplication
public class Peer {

    private record Session(String sub, long exp) {}

    public static void main(String... args) {
        SpringApplication.run(Peer.class, args);
    }

    @Bean(destroyMethod = "shutdown")
    RedisClusterClient redis() {
        return RedisClusterClient.create(Arrays.stream(System.getenv("REDIS_HOSTS").split(","))
                .map(RedisURI::create)
                .map(node -> RedisURI.builder(node)
                        .withPassword(System.getenv("REDIS_PASSWORD").toCharArray())
                        .build())
                .toList());
    }

    @Bean
    RouterFunction<ServerResponse> routes(RedisClusterClient redis, ObjectMapper mapper) {
        RedisAdvancedClusterReactiveCommands<String, String> commands = redis.connect().reactive();
        return route().GET("/v1/auth", request -> answer(request, commands, mapper)).build();
    }

    private static Mono<ServerResponse> answer(
            ServerRequest request, RedisAdvancedClusterReactiveCommands<String, String> commands, ObjectMapper mapper) {
        String header = request.headers().firstHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.startsWith("Bearer ")) {
            return unauthorized();
        }
        return commands.get("session:" + sha256(header.substring(7)))
                .flatMap(record -> ServerResponse.ok()
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .header("X-Auth-Subject", encode(mapper.readValue(record, Session.class).sub()))
                        .build())
                .switchIfEmpty(Mono.defer(Peer::unauthorized));
    }

    private static Mono<ServerResponse> unauthorized() {
        return ServerResponse.status(401).header(HttpHeaders.CACHE_CONTROL, "no-store").build();
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
