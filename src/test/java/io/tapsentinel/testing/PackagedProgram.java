package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.config.EffectiveProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The packaged jar in its own process, with an environment set by the test and its output in one file. {@link #close} kills it and fails
 * if output or health contains event content or a secret.
 */
public final class PackagedProgram implements AutoCloseable {

    /** Default timeout of waits. */
    public static final Duration SOON = Duration.ofSeconds(120);

    /** The jar of this build. */
    public static final Path PACKAGED = Path.of(System.getProperty("user.dir"), "target", "tap-sentinel.jar");

    private static final int SIGINT_BIT = 1 << 1;
    private static final int END = 3_000;

    private final Process process;
    private final Path output;
    private final HealthAnswers health;

    private PackagedProgram(Process process, Path output, int managementPort) {
        this.process = process;
        this.output = output;
        this.health = HealthAnswers.collect(managementPort);
    }

    /** Configuration of a start; can be started repeatedly, in the working directory {@code work} of the folder. */
    public static final class Launch {
        private final Path folder;
        private final Map<String, String> environment = new HashMap<>();
        private final List<String> javaOptions = new ArrayList<>();
        private Path jar = PACKAGED;
        private boolean quick = true;
        private int starts;

        private Launch(Path folder) throws IOException {
            this.folder = folder;
            Files.createDirectories(work());
        }

        /** Sets the property's environment variable. */
        public Launch with(String property, String value) {
            environment.put(EffectiveProperties.environmentName(property), value);
            return this;
        }

        public Launch with(Map<String, String> properties) {
            properties.forEach(this::with);
            return this;
        }

        /** Sets other environment variables. */
        public Launch environment(Map<String, String> variables) {
            environment.putAll(variables);
            return this;
        }

        /** Unsets a property. */
        public Launch without(String property) {
            environment.remove(EffectiveProperties.environmentName(property));
            return this;
        }

        public Launch java(String... options) {
            javaOptions.addAll(List.of(options));
            return this;
        }

        /** Uses a copy of the packaged routes with these options, {@code name: value}, for every table. */
        public Launch tableOptions(String... options) throws IOException {
            return editRoutes("lingerMs: 500", String.join("\n" + " ".repeat(20), options));
        }

        /** Uses a copy of the packaged routes with this timeout for TAP. */
        public Launch tapTimeout(Duration most) throws IOException {
            return editRoutes("(responseTimeout|soTimeout): \\d+", "$1: " + most.toMillis());
        }

        private Launch editRoutes(String regex, String replacement) throws IOException {
            Path own = Files.createDirectories(work().resolve("routes"));
            try (Stream<Path> packaged = Files.list(Path.of("routes"))) {
                for (Path file : (Iterable<Path>) packaged::iterator) {
                    Path copy = own.resolve(file.getFileName());
                    String text = Files.readString(Files.exists(copy) ? copy : file);
                    Files.writeString(copy, text.replaceAll(regex, replacement));
                }
            }
            return this;
        }

        /** Logs at DEBUG. */
        public Launch debugLog() {
            Path configuration = Path.of("src/test/resources/log4j2-debug.xml").toAbsolutePath();
            return java("-Dlog4j2.configurationFile=" + configuration);
        }

        /** Uses another build's jar with its libraries. */
        public Launch jar(Path other) {
            jar = other;
            return other.equals(PACKAGED) ? this : likeUsers();
        }

        /** Uses the JVM's default options, as users do. */
        public Launch likeUsers() {
            quick = false;
            return this;
        }

        /** The working directory. */
        public Path work() {
            return folder.resolve("work");
        }

        /** Runs a command to its end; fails if the exit code differs or a stack trace is printed. */
        public PackagedProgram run(int exit, String... words) throws IOException, InterruptedException {
            try (PackagedProgram command = start(words)) {
                assertThat(command.awaitExit()).as(command.output()).isEqualTo(exit);
                assertThat(command.output()).doesNotContain("Exception in", "\tat ");
                return command;
            }
        }

        /** Runs a start that fails and returns its one-line message. */
        public String refusal() throws IOException, InterruptedException {
            List<String> lines = run(1).lines().stream()
                    .filter(line -> !line.contains(" INFO "))
                    .toList();
            assertThat(lines).as("what it printed").hasSize(1);
            return lines.get(0);
        }

        public PackagedProgram start(String... arguments) throws IOException {
            assertThat(jar).as("run by Failsafe, after package").isRegularFile();
            // files of the SQLite driver left by a killed process are deleted with the test's folder
            Path temporary = Files.createDirectories(folder.resolve("tmp"));
            List<String> command =
                    new ArrayList<>(ignoresInterrupts() ? List.of("env", "--default-signal=INT") : List.of());
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Djava.io.tmpdir=" + temporary));
            command.addAll(quick ? QuickStart.options(jar) : List.of());
            command.addAll(javaOptions);
            command.addAll(List.of("-jar", jar.toString()));
            command.addAll(List.of(arguments));
            Path output = folder.resolve("output-" + ++starts + ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(work().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().clear();
            builder.environment()
                    .put(EffectiveProperties.environmentName("camel.management.port"), String.valueOf(FreePort.next()));
            if (TestDatabase.isShared()) {
                TestDatabase.properties(store(work()))
                        .forEach((property, value) ->
                                builder.environment().put(EffectiveProperties.environmentName(property), value));
            }
            builder.environment().putAll(environment);
            int port = Integer.parseInt(
                    builder.environment().get(EffectiveProperties.environmentName("camel.management.port")));
            return new PackagedProgram(Children.start(builder), output, port);
        }
    }

    /** The default store of a program in this working directory. */
    public static Path store(Path work) {
        return work.resolve("state/tap-sentinel.db");
    }

    /** A configuration for this folder. */
    public static Launch in(Path folder) throws IOException {
        return new Launch(folder);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All output so far, both streams. */
    public String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> lines() {
        return output().lines().toList();
    }

    public List<MatchResult> found(String regex) {
        return Pattern.compile(regex).matcher(output()).results().toList();
    }

    /** Waits for a condition that does not depend on one program. */
    public static void awaitSoon(String what, Callable<Boolean> condition) {
        await(what).atMost(SOON).until(condition);
    }

    /** Waits for a match in the output; returns the first. */
    public MatchResult awaitLine(String regex, Duration atMost) {
        return awaitMatches(regex, 1, atMost).get(0);
    }

    public MatchResult awaitLine(String regex) {
        return awaitLine(regex, SOON);
    }

    public List<MatchResult> awaitMatches(String regex, int least) {
        return awaitMatches(regex, least, SOON);
    }

    /** Waits for this number of matches in the output; fails at once if the program ends before. */
    public List<MatchResult> awaitMatches(String regex, int least, Duration atMost) {
        awaitThat("printed: " + regex, atMost, () -> found(regex).size() >= least);
        assertThat(found(regex).size())
                .as("matches of %s in the output of a program that has ended:%n%s", regex, output())
                .isGreaterThanOrEqualTo(least);
        return found(regex);
    }

    /** Waits until this number of further windows are committed. */
    public void awaitMoreCommitted(int more) {
        awaitMatches(LiveServices.COMMITTED, found(LiveServices.COMMITTED).size() + more);
    }

    /** Waits for a committed window. */
    public void awaitCommitted() {
        awaitLine(LiveServices.COMMITTED);
    }

    public void awaitThat(String what, Callable<Boolean> condition) {
        awaitThat(what, SOON, condition);
    }

    /** Waits for a condition; fails with the last output, at once if the program ends. */
    public void awaitThat(String what, Duration atMost, Callable<Boolean> condition) {
        try {
            await(what).atMost(atMost).until(() -> condition.call() || !isAlive());
        } catch (ConditionTimeoutException e) {
            String end = output().substring(Math.max(0, output().length() - END));
            throw new AssertionError("not within " + atMost + ": " + what + "; the end of what it printed:\n" + end, e);
        }
    }

    /** {@code kill -TERM} or {@code kill -INT}. */
    public PackagedProgram signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                        .start()
                        .waitFor())
                .as("kill -" + name)
                .isZero();
        return this;
    }

    /** {@code kill -9}; returns when the process has ended. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops it with SIGTERM; fails unless it exits with 0. */
    public void stop() throws IOException, InterruptedException {
        assertThat(signal("TERM").awaitExit()).as("exit code").isZero();
    }

    public int awaitExit() throws InterruptedException {
        return awaitExit(SOON);
    }

    public int awaitExit(Duration atMost) throws InterruptedException {
        assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
                .as("ends within %s; it printed%n%s", atMost, output())
                .isTrue();
        return process.exitValue();
    }

    /**
     * Whether this process ignores SIGINT, like a shell's background job. Child processes inherit this, and a JVM then installs no
     * handler.
     */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0);
    }

    /** Answers of its health endpoint, polled several times a second. */
    public HealthAnswers health() {
        return health;
    }

    /** Kills the process; fails if output or health contains event content or a secret. */
    @Override
    public void close() {
        health.close();
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (String hidden : LiveServices.NEVER_SHOWN) {
            assertThat(output()).as("printed").doesNotContain(hidden);
            assertThat(String.join("\n", health.all())).as("health answers").doesNotContain(hidden);
        }
    }
}
