package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The role for sending is assigned on the rule and nowhere else. */
class RoleTest {

    @Test
    void principalMayOnlySendToTheRule() {
        Deployment.Resource role = role(Map.of());
        assertThat(role.json().required("scope").textValue())
                .isEqualTo(ArmFunctions.GROUP + "/providers/Microsoft.Insights/dataCollectionRules/tap-sentinel");
        assertThat(role.properties())
                .hasToString("{\"roleDefinitionId\":\"" + ArmFunctions.SUBSCRIPTION
                        + "/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb\","
                        + "\"principalId\":\"" + Templates.PRINCIPAL + "\",\"principalType\":\"ServicePrincipal\"}");
    }

    @Test
    void roleAssignmentNameIsAStableGuid() {
        String name = name(Map.of());
        assertThat(UUID.fromString(name)).hasToString(name);
        assertThat(name(Map.of("healthTable", false, "privateLink", true, "location", "northeurope")))
                .isEqualTo(name);
        assertThat(name(Map.of("ruleName", "other-rule"))).isNotEqualTo(name);
        assertThat(name(Map.of("principalId", "99999999-2222-3333-4444-555555555555")))
                .isNotEqualTo(name);
    }

    private static String name(Map<String, Object> parameters) {
        return role(parameters).json().required("name").textValue();
    }

    private static Deployment.Resource role(Map<String, Object> parameters) {
        return Deployment.of(Templates.template(), Templates.with(parameters))
                .deployed("Microsoft.Authorization/roleAssignments")
                .findFirst()
                .orElseThrow();
    }
}
