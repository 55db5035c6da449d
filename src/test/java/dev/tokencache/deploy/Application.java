package dev.tokencache.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The application behind a web server: records every request. It answers {@code /status/<n>} with that status,
 * {@link #HANG_UP} not at all, and everything else with 200. Every response has the header {@link #MARKER}.
 */
final class Application implements AutoCloseable {

    /** The header that marks a response of the application, as opposed to one of the web server. */
    static final String MARKER = "X-Application";

    /** The path for which the application closes the connection without a response. */
    static final String HANG_UP = "/hang-up";

    private static final String STATUS = "/status/";

    private final List<SeenRequest> seen = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    private Application(HttpServer server) {
        this.server = server;
    }

    static Application start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Application application = new Application(server);
            server.createContext("/", application::answer);
            server.setExecutor(application.threads);
            server.start();
            return application;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** All requests since the last {@link #forget}. */
    List<SeenRequest> seen() {
        return List.copyOf(seen);
    }

    void forget() {
        seen.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        long length = exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        String path = exchange.getRequestURI().getPath();
        seen.add(SeenRequest.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                length));
        if (path.equals(HANG_UP)) {
            exchange.close();
            return;
        }
        int status = path.startsWith(STATUS) ? Integer.parseInt(path.substring(STATUS.length())) : 200;
        exchange.getResponseHeaders().set(MARKER, "was asked");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
