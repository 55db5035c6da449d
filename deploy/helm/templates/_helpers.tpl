{{- /* Short enough for the names of StatefulSets and Jobs, which get suffixes. */ -}}
{{- define "token-cache.fullname" -}}
{{- $name := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{- .Values.fullnameOverride | default $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* Labels of an object: list ROOT NAME. */ -}}
{{- define "token-cache.labels" -}}
{{- $root := index . 0 -}}
{{ include "token-cache.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- /* Labels of pods and selectors: list ROOT NAME. No version: selectors are immutable, and it would restart Redis. */ -}}
{{- define "token-cache.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end -}}

{{- /* list IMAGE DEFAULT-TAG */ -}}
{{- define "token-cache.image" -}}
{{- $image := index . 0 -}}
{{ $image.repository }}:{{ $image.tag | default (index . 1) }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- define "token-cache.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: ["ALL"]
{{- end -}}

{{- /* What all pods with the service's image have in common. */ -}}
{{- define "token-cache.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- /* The nodes: the first of each shard, then the second of each, as form-cluster expects. */ -}}
{{- define "token-cache.redis.nodes" -}}
{{- $redis := printf "%s-redis" (include "token-cache.fullname" .) -}}
{{- $nodes := list -}}
{{- range $index := list 0 1 -}}
{{- range $shard := list "a" "b" "c" -}}
{{- $nodes = append $nodes (printf "%s-%s-%d.%s:6379" $redis $shard $index $redis) -}}
{{- end -}}
{{- end -}}
{{- join " " $nodes -}}
{{- end -}}

{{- /* The data of the settings' ConfigMap. A setting of the values replaces the same one of the other files. */ -}}
{{- define "token-cache.settings" -}}
{{- $hosts := list -}}
{{- if .Values.redis.enabled -}}
{{- range splitList " " (include "token-cache.redis.nodes" .) -}}
{{- $hosts = append $hosts (printf "redis://token-cache@%s" .) -}}
{{- end -}}
{{- else -}}
{{- $hosts = .Values.externalRedis.hosts -}}
{{- end -}}
{{- if not $hosts -}}
{{- fail "externalRedis.hosts is empty: list some nodes of your Redis Cluster, or set redis.enabled" -}}
{{- end -}}
{{- $service := .Files.Get "files/service.properties" -}}
{{- /* Waits for a replica: if a master is lost with an unreplicated expiry, the expired token becomes active again. */ -}}
{{- $redis := printf "quarkus.redis.hosts=%s\ntokencache.redis.min-replicas=1\n" (join "," $hosts) -}}
{{- $own := "" -}}
{{- range $name, $value := .Values.settings -}}
{{- if regexMatch "(^|[.-])password$|\\.keys\\." $name -}}
{{- fail (printf "settings.%s is a secret: put it into a *.properties file of the Secret %s" $name $.Values.secrets.tokenKeys) -}}
{{- end -}}
{{- $line := printf "(?m)^%s=.*\n" (regexQuoteMeta $name) -}}
{{- $service = regexReplaceAll $line $service "" -}}
{{- $redis = regexReplaceAll $line $redis "" -}}
{{- /* Helm reads a number as float64, which would print 1000000 as 1e+06. */ -}}
{{- $text := kindIs "float64" $value | ternary (int64 $value) $value | toString | replace "\\" "\\\\" -}}
{{- $own = printf "%s%s=%s\n" $own $name $text -}}
{{- end -}}
{{- $data := dict "service.properties" $service "redis.properties" $redis -}}
{{- with $own }}{{ $_ := set $data "settings.properties" . }}{{ end -}}
{{ toYaml $data }}
{{- end -}}
