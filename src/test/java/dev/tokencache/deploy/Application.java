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
 * What is behind a web server: takes down what arrives. {@code /status/<n>} is answered with that status, {@link #HANG_UP}
 * not at all, and all else with 200; every answer has the header {@link #NOT_BEFORE}.
 */
final class Application implements AutoCloseable {

    /** Tells an answer of the application from one of the web server. */
    static final String NOT_BEFORE = "X-Application";

    /** Where the connection is closed instead of an answer. */
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

    /** All that arrived since {@link #forget}. */
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
        exchange.getResponseHeaders().set(NOT_BEFORE, "was asked");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
