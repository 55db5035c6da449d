package dev.tokencache.operator.drill.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.live.DrillRecords;
import dev.tokencache.operator.drill.live.LiveDrills;
import dev.tokencache.redis.Futures;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /v1/admin/drill}: the running drill and the reports of the last ones; plans, starts and aborts a drill. */
@Path("/v1/admin/drill")
final class DrillResource {

    private final LiveDrills drills;
    private final DrillRecords records;

    DrillResource(LiveDrills drills, DrillRecords records) {
        this.drills = drills;
        this.records = records;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> history() {
        return answer(() -> records.read().map(body -> history(body, drills.here(), drills.limits())));
    }

    @POST
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> start(byte[] body, @Context ContainerRequestContext context) {
        DrillRequest request = DrillRequest.read(body);
        if (request.isDryRun()) {
            return answer(() -> drills.plan(request.drill()).map(DrillResource::plan));
        }
        String caller = CallerFilter.callerOf(context).id();
        return answer(() -> drills.start(request.drill(), caller).map(DrillResource::accepted));
    }

    @POST
    @Path("/abort")
    @Allowed(Role.ADMIN)
    public Uni<Response> abort(@Context ContainerRequestContext context) {
        String caller = CallerFilter.callerOf(context).id();
        return answer(() -> drills.abort(caller).map(DrillResource::accepted));
    }

    private static Uni<Response> answer(Supplier<Future<Response>> call) {
        return Futures.toUni(() -> call.get().recover(DrillResource::refused));
    }

    private static Future<Response> refused(Throwable failure) {
        return failure instanceof Gate.Refused refused
                ? Future.succeededFuture(
                        Responses.refused("drill-refused", "The service does not allow this now", refused.reasons()))
                : Future.failedFuture(failure);
    }

    /** @param here the drill of this instance, newer than that of the cluster */
    private static Response history(ObjectNode records, Optional<DrillState> here, Gate.Limits limits) {
        here.ifPresent(state -> records.set("running", state.json()));
        ObjectNode shown =
                records.putObject("limits").put("hours", limits.hours().toString());
        if (limits.parallel() < Integer.MAX_VALUE) {
            shown.put("max_parallel", limits.parallel());
        }
        return Responses.json(bytes(records));
    }

    private static Response plan(LiveDrills.Planned planned) {
        DrillPlan plan = planned.plan();
        return Responses.json(new JsonDocument()
                .with("type", plan.type().toString())
                .with("may_start", planned.refusals().isEmpty())
                .with("reasons", planned.refusals())
                .with("hypothesis", plan.hypothesis())
                .with("steps", plan.stepTexts())
                .with(
                        "nodes",
                        plan.before().nodes().stream().map(DrillResource::node).toList()));
    }

    private static JsonDocument node(ClusterState.Node node) {
        return new JsonDocument()
                .with("node", node.toString())
                .with("role", node.isMaster() ? "master" : "replica")
                .with("version", node.version());
    }

    private static Response accepted(DrillState state) {
        return Response.accepted(bytes(state.json()))
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .build();
    }

    private static byte[] bytes(ObjectNode document) {
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }
}
