package dev.tokencache.operator.console.api;

import dev.tokencache.operator.console.api.Operation.Parameter;
import dev.tokencache.token.InvalidRequestException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A request to an operation, from what a person has typed. Whatever that is, the request goes to the path of this operation.
 *
 * @param uri the path and the query
 */
public record ApiCall(String method, String uri, Map<String, String> headers, Optional<String> body) {

    /** The fields for the body, and for the token of a browser. */
    public static final String BODY = "body";

    public static final String TOKEN = "token";

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

    public ApiCall {
        headers = Map.copyOf(headers);
    }

    /**
     * @param typed the value of a field, empty if there is none: {@link #BODY}, {@link #TOKEN}, or {@link #field} of a parameter
     * @param authorization the header of the person, sent to operations that take a caller
     * @throws InvalidRequestException naming the parameter
     */
    public static ApiCall of(Operation operation, UnaryOperator<String> typed, Optional<String> authorization) {
        String path = operation.path();
        List<String> query = new ArrayList<>();
        Map<String, String> headers = new LinkedHashMap<>();
        for (Parameter parameter : operation.parameters()) {
            String value = typed.apply(field(parameter));
            switch (parameter.in()) {
                case "path" -> path = path.replace("{" + parameter.name() + "}", segment(parameter.name(), value));
                case "query" -> addQuery(query, parameter.name(), value);
                default -> addHeader(headers, parameter.name(), printable(parameter.name(), value));
            }
        }
        if (operation.takesCaller()) {
            authorization.ifPresent(header -> headers.put("Authorization", header));
        }
        if (operation.takesToken()) {
            String token = printable(TOKEN, typed.apply(TOKEN));
            addHeader(headers, "Authorization", token.isEmpty() ? "" : "Bearer " + token);
        }
        Optional<String> body = operation
                .body()
                .map(described -> typed.apply(BODY))
                .filter(text -> !text.isEmpty() || operation.body().get().isRequired());
        body.ifPresent(
                text -> headers.put("Content-Type", operation.body().get().mediaType()));
        String uri = query.isEmpty() ? path : path + "?" + String.join("&", query);
        return new ApiCall(operation.method(), uri, headers, body);
    }

    /** The field of a form that holds the value of a parameter. */
    public static String field(Parameter parameter) {
        return parameter.in() + "." + parameter.name();
    }

    private static String segment(String name, String value) {
        if (value.isEmpty()) {
            throw new InvalidRequestException(name, "is required");
        }
        // A server resolves these, and would find another operation.
        if (value.equals(".") || value.equals("..")) {
            throw new InvalidRequestException(name, "must not be . or ..");
        }
        return encoded(value);
    }

    private static void addQuery(List<String> query, String name, String value) {
        if (!value.isEmpty()) {
            query.add(encoded(name) + "=" + encoded(value));
        }
    }

    private static void addHeader(Map<String, String> headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.put(name, value);
        }
    }

    private static String printable(String name, String value) {
        if (!PRINTABLE.matcher(value).matches()) {
            throw new InvalidRequestException(name, "must be printable ASCII");
        }
        return value;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Without values: they can be secrets. */
    @Override
    public String toString() {
        return method + " " + headers.keySet();
    }
}
