package io.tapsentinel.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of kubernetes/ by itself. A cluster silently drops unknown fields; this test fails for one. */
class ManifestsTest {

    /** Below these fields the names are free. */
    private static final Set<String> FREE =
            Set.of("labels", "annotations", "matchLabels", "data", "stringData", "requests", "limits");

    static List<Path> files() throws IOException {
        return Manifests.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachFitsTheModelOfItsKind(Path file) {
        assertThatCode(() -> Manifests.parse(Manifests.document(file))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("files")
    void aMisspeltFieldNameIsFound(Path file) throws Exception {
        JsonNode whole = Manifests.document(file);
        List<String> names = names(whole, "");

        assertThat(names).hasSizeGreaterThanOrEqualTo(3);
        for (String name : names) {
            JsonNode misspelt = whole.deepCopy();
            int slash = name.lastIndexOf('/');
            ObjectNode parent = (ObjectNode) misspelt.at(name.substring(0, slash));
            parent.set(name.substring(slash + 1) + "X", parent.remove(name.substring(slash + 1)));
            assertThatThrownBy(() -> Manifests.parse(misspelt))
                    .as(name)
                    .isInstanceOf(UnrecognizedPropertyException.class);
        }
    }

    /** Pointers to all fields except apiVersion and kind. */
    private static List<String> names(JsonNode node, String at) {
        List<String> names = new ArrayList<>();
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                names.addAll(names(node.get(i), at + "/" + i));
            }
        }
        node.properties().forEach(field -> {
            String name = at + "/" + field.getKey();
            if (!name.equals("/apiVersion") && !name.equals("/kind")) {
                names.add(name);
                names.addAll(FREE.contains(field.getKey()) ? List.of() : names(field.getValue(), name));
            }
        });
        return names;
    }

    @Test
    void aMisspeltTraitIsRefused() {
        ObjectNode whole = integration();
        ((ObjectNode) whole.at("/spec/traits")).putObject("jmv").put("enabled", false);

        assertThatThrownBy(() -> Manifests.parse(whole))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("jmv");
    }

    @Test
    void anUnknownTraitValueIsRefused() {
        ObjectNode whole = integration();
        ((ObjectNode) whole.at("/spec/traits/deployment")).put("strategy", "Rolling");

        assertThatThrownBy(() -> Manifests.parse(whole))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("Rolling");
    }

    private static ObjectNode integration() {
        return (ObjectNode) Manifests.document(Manifests.FOLDER.resolve("base/integration/integration.yaml"));
    }

    @Test
    void eachFileIsListedInItsKustomization() throws Exception {
        try (Stream<Path> walk = Files.walk(Manifests.FOLDER)) {
            for (Path kustomization :
                    walk.filter(file -> file.endsWith("kustomization.yaml")).toList()) {
                String text = Files.readString(kustomization);
                try (Stream<Path> beside = Files.list(kustomization.getParent())) {
                    assertThat(beside.filter(file -> !file.equals(kustomization) && Files.isRegularFile(file))
                                    .map(file -> file.getFileName().toString())
                                    .filter(name -> !name.equals("secret.example.yaml")))
                            .allSatisfy(name ->
                                    assertThat(text).as("%s", kustomization).contains(name));
                }
            }
        }
    }

    @Test
    void theExampleSecretHasTheProgramsNamesAndNoValues() throws Exception {
        JsonNode secret = Manifests.document(Manifests.FOLDER.resolve("base/secret.example.yaml"));

        assertThat(secret.path("stringData").properties())
                .allSatisfy(field -> assertThat(field.getValue().asText()).isEmpty())
                .extracting(field -> field.getKey())
                .containsExactly("tap.secret", "state.password");
        assertThat(secret.has("data")).isFalse();
    }

    @Test
    void theClaimIsReadWriteOnce() throws Exception {
        JsonNode spec = Manifests.document(Manifests.FOLDER.resolve("base/state/claim.yaml"))
                .path("spec");

        assertThat(Manifests.texts(spec.path("accessModes"))).containsExactly("ReadWriteOnce");
        assertThat(spec.path("storageClassName").asText())
                .isNotEmpty()
                .doesNotContainIgnoringCase("file")
                .doesNotContainIgnoringCase("nfs")
                .doesNotContainIgnoringCase("smb");
    }
}
