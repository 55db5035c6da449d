package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.operator.drill.TokenCalls;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Calls the API of a service. */
record HttpCalls(AdminApi api) implements TokenCalls {

    @Override
    public CompletionStage<Answer> create(String subject) {
        return call("/v1/tokens", "sub", subject);
    }

    @Override
    public CompletionStage<Answer> validate(String token) {
        return call("/v1/tokens/validate", "token", token);
    }

    @Override
    public CompletionStage<Answer> renew(String token) {
        return call("/v1/tokens/renew", "token", token);
    }

    @Override
    public CompletionStage<Answer> expire(String token) {
        return call("/v1/tokens/expire", "token", token);
    }

    private CompletionStage<Answer> call(String path, String field, String value) {
        return api.call(path, AdminApi.JSON.createObjectNode().put(field, value))
                .handle((response, failure) ->
                        failure == null ? answer(response) : Answer.without(Status.FAILED, "nothing"));
    }

    private static Answer answer(HttpResponse<String> response) {
        int status = response.statusCode();
        boolean isInactive = status == 404 && response.request().uri().getPath().endsWith("/renew");
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
