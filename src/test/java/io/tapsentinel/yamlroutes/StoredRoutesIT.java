package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** Route files as a visual editor leaves them, without comments, and those of older versions. */
class StoredRoutesIT {

    private static final Path OLDER = Path.of("src/test/resources/older-routes");

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    /** Loads a file and stores it again, as a library does that keeps no comments. */
    enum Editor {
        JACKSON(text -> {
            try {
                YAMLMapper yaml = new YAMLMapper();
                return yaml.writeValueAsString(yaml.readTree(text));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }),
        SNAKEYAML(text -> new Yaml().dump(new Yaml().load(text)));

        private final UnaryOperator<String> store;

        Editor(UnaryOperator<String> store) {
            this.store = store;
        }

        RouteFiles store(RouteFiles files) {
            SortedMap<String, String> stored = new TreeMap<>(files.texts());
            stored.replaceAll((name, text) -> store.apply(text));
            return new RouteFiles(stored);
        }
    }

    @ParameterizedTest
    @EnumSource
    void storedFilesSayTheSameAndAreAccepted(Editor editor) throws Exception {
        RouteFiles stored = editor.store(RouteFiles.packaged());

        YAMLMapper yaml = new YAMLMapper();
        for (Map.Entry<String, String> file : RouteFiles.packaged().texts().entrySet()) {
            String text = stored.texts().get(file.getKey());
            assertThat(text).doesNotContain("#");
            assertThat(yaml.readTree(text)).isEqualTo(yaml.readTree(file.getValue()));
        }
        assertThat(RouteContract.check(stored, EffectiveProperties.load(Path.of("/nowhere"), Map.of())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void programRunsStoredFiles(Editor editor) throws Exception {
        assertDelivers(editor.store(RouteFiles.packaged()));
    }

    @Test
    void programRunsFilesOfAnOlderVersion() throws Exception {
        RouteFiles older = RouteFiles.in(OLDER);

        assertThat(older.texts()).hasSameSizeAs(RouteFiles.packaged().texts());
        assertThat(older.texts().get(RoutesFixture.ROUTER)).contains("${body.type} == ");
        assertDelivers(older);
    }

    private void assertDelivers(RouteFiles files) throws Exception {
        Path folder = Files.createDirectories(services.folder().resolve("routes"));
        for (Map.Entry<String, String> file : files.texts().entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        services.start(Programs.withRoutes(folder)).poll();

        services.assertEverythingLandedOnce();
    }
}
