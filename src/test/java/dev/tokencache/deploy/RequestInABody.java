package dev.tokencache.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Request smuggling: sends a request whose body looks like a request, followed by another one. A web server that answers
 * the first without reading its body must close the connection. Otherwise it takes the body for the next request, and
 * clients that share a connection (behind a proxy) can receive the response to a smuggled request.
 */
final class RequestInABody {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final String IN_THE_BODY = "GET /in-the-body HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    private final int port;
    private final String headers;

    /** @param headers of all requests, each as {@code Name: value} */
    RequestInABody(int port, String... headers) {
        this.port = port;
        this.headers = "Host: 127.0.0.1\r\n"
                + String.join(
                        "",
                        List.of(headers).stream().map(header -> header + "\r\n").toList());
    }

    /** The statuses of all responses when the body has a Content-Length. */
    List<Integer> statuses() {
        return exchange(request("POST", "Content-Length: " + IN_THE_BODY.length()) + IN_THE_BODY);
    }

    /** The statuses of all responses when the body is chunked. */
    List<Integer> statusesChunked() {
        return exchange(request("POST", "Transfer-Encoding: chunked") + Integer.toHexString(IN_THE_BODY.length())
                + "\r\n" + IN_THE_BODY + "\r\n0\r\n\r\n");
    }

    private String request(String method, String framing) {
        return method + " /page HTTP/1.1\r\n" + headers + framing + "\r\n\r\n";
    }

    private List<Integer> exchange(String first) {
        return statuses(RawHttp.exchange(port, first + request("GET", "Connection: close")));
    }

    private static List<Integer> statuses(String answers) {
        List<Integer> statuses = new ArrayList<>();
        Matcher matcher = STATUS.matcher(answers);
        while (matcher.find()) {
            statuses.add(Integer.parseInt(matcher.group(1)));
        }
        return statuses;
    }
}
