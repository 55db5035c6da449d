package dev.tokencache.operator.drill.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.http.Body;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.live.LiveDrills;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The documents of {@code /v1/admin/drill}. */
final class DrillBodies {

    private DrillBodies() {}

    /** @param here the drill of this instance, newer than that of the cluster */
    static Response history(ObjectNode records, Optional<DrillState> here, Gate.Limits limits) {
        here.ifPresent(state -> records.set("running", state.json()));
        ObjectNode shown =
                records.putObject("limits").put("hours", limits.hours().toString());
        if (limits.parallel() < Integer.MAX_VALUE) {
            shown.put("max_parallel", limits.parallel());
        }
        return Responses.json(bytes(records));
    }

    static Response plan(LiveDrills.Planned planned) {
        DrillPlan plan = planned.plan();
        return Responses.json(new JsonDocument()
                .with("type", plan.type().toString())
                .with("may_start", planned.refusals().isEmpty())
                .with("reasons", planned.refusals())
                .with("hypothesis", plan.hypothesis())
                .with("steps", plan.stepTexts())
                .with(
                        "nodes",
                        plan.before().nodes().stream().map(DrillBodies::node).toList()));
    }

    private static JsonDocument node(ClusterState.Node node) {
        return new JsonDocument()
                .with("node", node.toString())
                .with("role", node.isMaster() ? "master" : "replica")
                .with("version", node.version());
    }

    static Response accepted(DrillState state) {
        return Response.accepted(bytes(state.json()))
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .build();
    }

    private static byte[] bytes(ObjectNode document) {
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }
}
