package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArmEvaluationTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '~',
            value = {
                "no expression => \"no expression\"",
                "[[no expression] => \"[[no expression]\"",
                "['it''s'] => \"it's\"",
                "[parameters('on')] => true",
                "[variables('two')] => [\"a\",\"b\"]",
                "[variables('two')[1]] => \"b\"",
                "[variables('object').of.a] => \"b\"",
                "[concat('a', parameters('name'), 'c')] => \"anamec\"",
                "[concat(variables('two'), createArray('c'))] => [\"a\",\"b\",\"c\"]",
                "[length(variables('two'))] => 2",
                "[format('{0}/{1}''s', 'a', 'b')] => \"a/b's\"",
                "[if(parameters('on'), 'yes', unknown())] => \"yes\"",
                "[if(parameters('off'), unknown(), 'no')] => \"no\"",
                "[union(variables('object'), createObject('c', 'd'))] => {\"of\":{\"a\":\"b\"},\"c\":\"d\"}",
                "[null()] => null",
                "[resourceGroup().location] => \"westeurope\"",
                "[resourceId('A.B/cs/ds', 'x', 'y')] => \"" + ArmFunctions.GROUP + "/providers/A.B/cs/x/ds/y\"",
                "[subscriptionResourceId('A.B/cs', 'x')] => \"" + ArmFunctions.SUBSCRIPTION + "/providers/A.B/cs/x\"",
            })
    void replacesAnExpressionByItsValue(String expression, String value) throws JsonProcessingException {
        assertThat(evaluated(expression)).hasToString(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '~',
            value = {
                "[uniqueString('a')] => unknown function uniqueString",
                "[parameters('other')] => there is no parameters['other']",
                "[variables('other')] => there is no variables['other']",
                "[copyIndex()] => there is no copyIndex[]",
                "[if('true', 'a', 'b')] => if needs a boolean, not \"true\"",
                "[reference('a')] => reference to a outside outputs",
                "[resourceId('A.B/cs', 'x', 'y')] => A.B/cs takes 1 names, not 2",
                "[concat('a', variables('two'))] => a text is needed, not ARRAY",
                "[union(variables('object'), variables('object'))] => of stands in two arguments of union",
                "[concat('a' 'b')] => unexpected ''b'' in concat('a' 'b')",
                "[concat('a'] => unexpected '' in concat('a'",
                "[concat('a') + 1] => unexpected '+' in concat('a') + 1",
                "[concat('a') 'b'] => unexpected ''b'' in concat('a') 'b'",
            })
    void refusesWhatAzureWouldOrWhatItDoesNotKnow(String expression, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluated(expression))
                .withMessage(reason);
    }

    @Test
    void aLoopInsideALoopHasItsOwnIndex() throws JsonProcessingException {
        JsonNode part = JSON.readTree("""
                {"kept": 1, "copy": [{"name": "list", "count": "[length(variables('two'))]",
                  "input": {"at": "[copyIndex('list')]", "of": "[copyIndex()]", "is": "[variables('two')[copyIndex('list')]]"}}]}\
                """);
        assertThat(evaluation().inLoop("", 7).value(part))
                .hasToString(
                        "{\"kept\":1,\"list\":[{\"at\":0,\"of\":7,\"is\":\"a\"},{\"at\":1,\"of\":7,\"is\":\"b\"}]}");
    }

    private static JsonNode evaluated(String expression) throws JsonProcessingException {
        return evaluation().value(TextNode.valueOf(expression));
    }

    private static ArmEvaluation evaluation() throws JsonProcessingException {
        JsonNode template =
                JSON.readTree("{\"variables\": {\"two\": [\"a\", \"b\"], \"object\": {\"of\": {\"a\": \"b\"}}}}");
        return ArmEvaluation.of(
                template, Map.of("on", BooleanNode.TRUE, "off", BooleanNode.FALSE, "name", TextNode.valueOf("name")));
    }
}
