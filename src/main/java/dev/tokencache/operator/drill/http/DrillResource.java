package dev.tokencache.operator.drill.http;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Responses;
import dev.tokencache.redis.Futures;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;

/** {@code /v1/admin/drill}: the running drill and the reports of the last ones, from the cluster. */
@Path("/v1/admin/drill")
final class DrillResource {

    private final DrillHistory history;

    DrillResource(DrillHistory history) {
        this.history = history;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> history() {
        return Futures.toUni(() -> history.read()
                        .recover(failure -> Future.failedFuture(
                                new StoreUnavailableException("the history of drills is unavailable", failure))))
                .map(body -> Responses.json(body.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
