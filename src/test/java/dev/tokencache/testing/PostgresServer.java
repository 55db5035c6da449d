package dev.tokencache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that tests can stop, kill and suspend. Runs the program of Debian's package on 127.0.0.1 with data in a
 * temporary folder, and ends with the JVM at the latest.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final String USER = "journal";
    private static final String PASSWORD = "the-password-of-the-test-database";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path programs;
    private final Path folder;
    private final int port;
    private @Nullable Process process;
    private int databases;

    private PostgresServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** Skips or fails the test if no server is installed; the folder may exist without one. See {@link SystemPackage}. */
    public static void require() {
        SystemPackage.require(
                "postgresql",
                programs().orElse(INSTALLED.resolve("bin")).resolve("postgres").toString());
    }

    private static Optional<Path> programs() {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin ->
                            Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparingInt(PostgresServer::version));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int version(Path bin) {
        String name = bin.getParent().getFileName().toString();
        return name.matches("\\d+") ? Integer.parseInt(name) : 0;
    }

    /** Creates a server and starts it. */
    public static PostgresServer start() {
        try {
            PostgresServer server = new PostgresServer(
                    programs().orElseThrow(), Files.createTempDirectory("token-cache-postgres-"), freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            server.initialize();
            server.startAgain();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void initialize() throws IOException {
        Path secret = Files.writeString(folder.resolve("password"), PASSWORD);
        if (isRoot()) {
            run(List.of("chown", "-R", "postgres:postgres", folder.toString()));
        }
        run(asServer(
                "initdb",
                "--pgdata=" + data(),
                "--username=" + USER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Starts the server after a stop, and waits until it accepts connections. */
    public void startAgain() {
        process = newProcess();
        Awaitility.await("PostgreSQL").atMost(PATIENCE).ignoreExceptions().until(() -> {
            if (!process().isAlive()) {
                // It does not start while a child of the former process is still alive.
                process = newProcess();
            }
            try (Connection connection = connect("postgres")) {
                return connection.isValid(1);
            }
        });
    }

    private Process newProcess() {
        try {
            return new ProcessBuilder(asServer(
                            "postgres",
                            "-D",
                            data().toString(),
                            "-c",
                            "listen_addresses=127.0.0.1",
                            "-c",
                            "port=" + port,
                            "-c",
                            "unix_socket_directories=",
                            "-c",
                            "fsync=off"))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .directory(folder.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** PostgreSQL does not run as root; the package creates a user for it. */
    private List<String> asServer(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private void run(List<String> command) throws IOException {
        Path output = Files.createTempFile("token-cache-postgres-", ".log");
        try {
            Process run = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .directory(folder.toFile())
                    .start();
            if (!run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || run.exitValue() != 0) {
                run.destroyForcibly();
                throw new IllegalStateException(command.get(0) + " failed:\n" + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.delete(output);
        }
    }

    /** Creates an empty database. */
    public String newDatabase() {
        String name = "journal_" + ++databases;
        execute("postgres", "create database " + name);
        return name;
    }

    /** Runs a statement in a database. */
    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the number that a query selects. */
    public long count(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), USER, PASSWORD);
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return PASSWORD;
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Shuts the server down without waiting for clients; their connections break. */
    public void stop() {
        signal("INT");
        awaitEnd();
    }

    /** Kills the server, and waits until its children end, which hold its shared memory until then. */
    public void kill9() {
        List<ProcessHandle> children = process().descendants().toList();
        process().destroyForcibly();
        awaitEnd();
        Awaitility.await("end of the children").atMost(PATIENCE).until(() -> children.stream()
                .noneMatch(PostgresServer::runs));
    }

    /** Some containers do not reap ended processes. Such a process is alive, but has no command. */
    private static boolean runs(ProcessHandle child) {
        return child.isAlive() && child.info().command().isPresent();
    }

    private void awaitEnd() {
        Process ended = process();
        Awaitility.await("end of PostgreSQL").atMost(PATIENCE).until(() -> !ended.isAlive());
        process = null;
    }

    /** Suspends the server and its children ({@code SIGSTOP}): connections stay open, but nothing replies. */
    public void suspend() {
        signal("STOP");
        signalChildren("STOP");
    }

    /** Resumes the suspended processes. */
    public void resume() {
        signal("CONT");
        signalChildren("CONT");
    }

    /** A child serves one connection, and may end at any time. */
    private void signalChildren(String signal) {
        process().descendants().forEach(child -> {
            try {
                signal(signal, child.pid());
            } catch (IllegalStateException e) {
                if (child.isAlive()) {
                    throw e;
                }
            }
        });
    }

    private void signal(String signal) {
        signal(signal, process().pid());
    }

    private void signal(String signal, long processId) {
        try {
            run(List.of("kill", "-" + signal, Long.toString(processId)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("PostgreSQL is not running");
        }
        return process;
    }

    /** Stops the server if it is running, and deletes its data. */
    @Override
    public synchronized void close() {
        if (process != null) {
            resume();
            // Its children end immediately, too.
            signal("QUIT");
            awaitEnd();
        }
        if (Files.exists(folder)) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
