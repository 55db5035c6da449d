package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.operator.drill.TokenCalls;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Calls the API of a service. */
record HttpCalls(AdminApi api) implements TokenCalls {

    @Override
    public CompletionStage<Answer> call(Operation operation, String value) {
        boolean isNew = operation == Operation.CREATE;
        return api.call(
                        isNew ? "/v1/tokens" : "/v1/tokens/" + operation.name().toLowerCase(Locale.ROOT),
                        AdminApi.JSON.createObjectNode().put(isNew ? "sub" : "token", value))
                .handle((response, failure) ->
                        failure == null ? answer(operation, response) : Answer.without(Status.FAILED, "nothing"));
    }

    private static Answer answer(Operation operation, HttpResponse<String> response) {
        int status = response.statusCode();
        boolean isInactive = status == 404 && operation == Operation.RENEW;
        if (status / 100 != 2 && !isInactive) {
            return Answer.without(status == 503 ? Status.UNKNOWN : Status.FAILED, "status " + status);
        }
        JsonNode body = json(response.body());
        return new Answer(
                Status.SERVED,
                !isInactive && body.path("active").asBoolean(true),
                body.path("replicated").asBoolean(true)
                        && !response.headers()
                                .firstValue("X-Replicated")
                                .orElse("")
                                .equals("false"),
                body.path("stale").asBoolean(),
                body.path("token").asText());
    }

    private static JsonNode json(String body) {
        try {
            return AdminApi.JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            return AdminApi.JSON.createObjectNode();
        }
    }
}
