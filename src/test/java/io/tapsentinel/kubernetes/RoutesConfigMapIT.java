package io.tapsentinel.kubernetes;

import static io.tapsentinel.kubernetes.Manifests.built;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes as a pod sees them: kustomize turns routes/ into a ConfigMap, the kubelet mounts it as a folder. */
@Tag("full")
class RoutesConfigMapIT {

    @TempDir
    Path work;

    private static SortedMap<String, String> routes(String overlay) throws IOException {
        JsonNode map = Manifests.object(built(overlay), "ConfigMap", "tap-sentinel-routes");
        SortedMap<String, String> routes = new TreeMap<>();
        map.path("data")
                .properties()
                .forEach(file -> routes.put(file.getKey(), file.getValue().asText()));
        return routes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/production", "overlays/replicas", "overlays/plain"})
    void theConfigMapHoldsTheRouteFilesByteForByte(String overlay) throws Exception {
        assertThat(routes(overlay)).isEqualTo(RouteFiles.in(Path.of("routes")).texts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/production", "overlays/replicas", "overlays/plain"})
    void theProgramAcceptsThem(String overlay) throws Exception {
        Map<String, String> env = new TreeMap<>(PodFacts.of(built(overlay)).env());

        assertThat(RouteContract.check(new RouteFiles(routes(overlay)), EffectiveProperties.load(work, env)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/replicas"})
    void camelKRestartsThePodAfterAnEdit(String overlay) throws Exception {
        var objects = built(overlay);

        assertThat(Manifests.object(objects, "Integration", "tap-sentinel")
                        .at("/spec/traits/mount/hotReload")
                        .asBoolean())
                .isTrue();
        JsonNode labels =
                Manifests.object(objects, "ConfigMap", "tap-sentinel-routes").at("/metadata/labels");
        assertThat(labels.path("camel.apache.org/integration").asText()).isEqualTo("tap-sentinel");
    }

    @Test
    void theMountedFolderIsUsed() throws Exception {
        Path folder = Files.createDirectory(work.resolve("routes"));
        Path version = Files.createDirectory(folder.resolve("..2026_11_23_12_00_00.1234567890"));
        Files.createSymbolicLink(folder.resolve("..data"), version.getFileName());
        SortedMap<String, String> routes = routes("base");
        for (Map.Entry<String, String> file : routes.entrySet()) {
            Files.writeString(version.resolve(file.getKey()), file.getValue() + "# edited\n");
            Files.createSymbolicLink(folder.resolve(file.getKey()), Path.of("..data", file.getKey()));
        }

        assertThat(RouteFiles.effective(work).texts())
                .hasSameSizeAs(routes)
                .allSatisfy((name, text) -> assertThat(text).endsWith("# edited\n"));
    }
}
