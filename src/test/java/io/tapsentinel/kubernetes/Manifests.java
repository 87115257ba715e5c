package io.tapsentinel.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.v1.Integration;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Documents of {@code kubernetes/}, and the models that every field in them must fit. */
final class Manifests {

    static final Path FOLDER = Path.of("kubernetes");
    private static final Map<String, Class<?>> MODELS = Map.of(
            "camel.apache.org/v1 Integration", Integration.class,
            "apps/v1 Deployment", Deployment.class,
            "v1 ConfigMap", ConfigMap.class,
            "v1 Secret", Secret.class,
            "v1 ServiceAccount", ServiceAccount.class,
            "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new NothingExtra());

    private static final Tool KUBECTL = new Tool("kubectl", "kubernetes-client");

    private Manifests() {}

    /** The objects that {@code kubectl apply -k} would send of base or an overlay, without a cluster. */
    static List<JsonNode> built(String name) {
        // the error stream has warnings about deprecated fields that older clusters still need
        return documents(KUBECTL.run("kustomize", FOLDER.resolve(name).toString())
                .assertSuccess()
                .output());
    }

    /** All documents of a YAML text. */
    static List<JsonNode> documents(String yaml) {
        List<JsonNode> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(yaml)
                .forEach(document -> documents.add(STRICT.valueToTree(document)));
        return documents;
    }

    /** The files of base and overlays that are whole objects: no patches, no kustomizations, no routes. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(
                            file -> file.toString().endsWith(".yaml") && !file.startsWith(FOLDER.resolve("monitoring")))
                    .filter(file -> !file.endsWith("kustomization.yaml")
                            && document(file).has("kind"))
                    .sorted()
                    .toList();
        }
    }

    /** The one document of a file. */
    static JsonNode document(Path file) {
        try {
            return documents(Files.readString(file)).get(0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws JsonProcessingException naming a field or a value that the kind does not have */
    static Object parse(JsonNode document) throws JsonProcessingException {
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        return STRICT.treeToValue(document, Objects.requireNonNull(MODELS.get(kind), kind));
    }

    /** The one object of a kind and name. */
    static JsonNode object(List<JsonNode> documents, String kind, String name) {
        List<JsonNode> found = documents.stream()
                .filter(one -> one.path("kind").asText().equals(kind)
                        && one.at("/metadata/name").asText().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " times " + kind + " " + name);
        }
        return found.get(0);
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    /** The models keep unknown fields as additional properties; here an unknown field is an error. */
    private static final class NothingExtra extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }
}
