# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The cases of tc_plugin.sh: one test a line.

ktap_test "the wire form is the ABI's" wire_form
ktap_test "the wire form of a link layer is the ABI's" link_layer_wire_form
ktap_test "no options are an empty nest" empty_is_a_nest
ktap_test "-d shows what is left out otherwise" details_show_all
ktap_test "the wire form of inherit is the ABI's" inherit_wire_form
ktap_test "-d shows the link's raw layer, and that a class inherits" details_of_link_layers
ktap_test "-iec rates read back" iec_reads_back
ktap_test "nonat reads back" nonat_reads_back
ktap_test "statistics of an older kernel" stats_shorter
ktap_test "statistics of a kernel without percentiles" stats_without_percentiles
ktap_test "statistics of a kernel without the guarantee missed" stats_without_missed
ktap_test "statistics of a kernel without DSCPs" stats_without_dscp
ktap_test "statistics of a kernel without BLUE and L4S" stats_without_blue
ktap_test "statistics of a kernel without hosts" stats_without_hosts
ktap_test "statistics of a kernel without an ACK filter" stats_without_acks
ktap_test "statistics of a kernel without memory" stats_without_memory
ktap_test "statistics of this kernel" stats_same
ktap_test "statistics of a newer kernel" stats_longer
ktap_test "JSON of a class" json_class
ktap_test "JSON of a qdisc" json_qdisc
ktap_test "help names every keyword" help_names_all
ktap_test "a percentage of no speed" percent_needs_a_speed

each "guarantee missed" missed <<'END'
0
999|999ns ago
3210000000|3.2s ago
3000000000|3s ago
9999999999|9.9s ago
59999999999|59s ago
90000000000|1.5min ago
7199999999999|1.9h ago
1728000000000000|20d ago
18446744073709551615|213503d ago
END

each "class" class_reads <<'END'
rate 10mbit|rate 10Mbit ceil 10Mbit
rate 10mbit ceil 20mbit|rate 10Mbit ceil 20Mbit
rate 10mbit ceil none|rate 10Mbit ceil none
rate 1234568bit|rate 1234568bit ceil 1234568bit
rate 8bit|rate 8bit ceil 8bit
rate 1tbit|rate 1Tbit ceil 1Tbit
rate 1000bps|rate 8Kbit ceil 8Kbit
ceil 5gbit|ceil 5Gbit
rate 1mbit burst 15k cburst 1600|rate 1Mbit ceil 1Mbit burst 15Kb cburst 1600b
rate 1mbit buffer 1m cbuffer 3kb|rate 1Mbit ceil 1Mbit burst 1Mb cburst 3Kb
rate 1mbit maxburst 1 cmaxburst 2147483647|rate 1Mbit ceil 1Mbit burst 1b cburst 2147483647b
prio 7|prio 7
pri 1|prio 1
weight 1|weight 1
weight 4294967295|weight 4294967295
limit 4194304|limit 4194304
target 5ms interval 100ms|target 5ms interval 100ms
target 5000 interval 10s|target 5ms interval 10s
target 1us interval 1500001ns|target 1us interval 1500001ns
rate 1mbit delay 20ms|rate 1Mbit ceil 1Mbit delay 20ms
rate 1mbit ceil none delay 10s|rate 1Mbit ceil none delay 10s
delay 1500|delay 1500us
ecn|ecn
noecn|noecn
dscp ef|dscp ef
dscp EF|dscp ef
dscp 46|dscp ef
dscp 0x2e|dscp ef
dscp 3|dscp 3
dscp be|wash
dscp 0|wash
wash|wash
nodscp|nodscp
nowash|nodscp
dscp keep|nodscp
dscp inherit|dscp inherit
dscp 010|dscp af11
nol4s|nol4s
ecn step_thresh 1s|ecn step_thresh 1s
step_thresh 800|step_thresh 800us
isolate src-host|isolate src-host
isolate dst-host|isolate dst-host
isolate dual-src nat|isolate dual-src nat
isolate dual-dst|isolate dual-dst
isolate triple|isolate triple
isolate dual-srchost|isolate dual-src
isolate triple-isolate|isolate triple
ack-filter|ack-filter
ack-filter-aggressive|ack-filter-aggressive
no-ack-filter|no-ack-filter
ack-filter-inherit|ack-filter-inherit
oversubscribe|oversubscribe
name voice|name voice
weight 2 quantum 256|weight 2 quantum 256
weight 2 quant 1048576|weight 2 quantum 1048576
END

each "qdisc" qdisc_reads <<'END'
default 10|default 0x10
default 0x10|default 0x10
def fffe|default 0xfffe
default 1:20|default 0x20
rate 1gbit burst 32k|rate 1Gbit burst 32Kb
limit 1 direct_qlen 1000 flows 1048576|limit 1 direct_qlen 1000 flows 1048576
memory 65536|memory 64Kb
memory 32m|memory 32Mb
limit 100000 memory 2147483647 flows 64|limit 100000 memory 2147483647b flows 64
memory auto|
memory 0|
oversubscribe|oversubscribe
nooversubscribe|
sysfs on|sysfs on
sysfs off|
wash|wash
dscp cs1|dscp cs1
nowash|nodscp
ack-filter|ack-filter
ack-filter-aggressive|ack-filter-aggressive
no-ack-filter|no-ack-filter
END

each "link layer" class_reads <<'END'
overhead 30 ptm|overhead 30 mpu 0 ptm
atm mpu 96 overhead 10|overhead 10 mpu 96 atm
overhead 44 noatm|overhead 44 mpu 0 noatm
mpu 64 noatm|raw overhead 0 mpu 64
overhead 0 noatm|overhead 0 mpu 0 noatm
noatm|raw
atm|raw overhead 0 mpu 0 atm
ptm mpu 64|raw overhead 0 mpu 64 ptm
ptm overhead 0|overhead 0 mpu 0 ptm
overhead -64 mpu 256 noatm|overhead -64 mpu 256 noatm
over 256 mp 0 noatm|overhead 256 mpu 0 noatm
raw overhead 4|raw overhead 4 mpu 0
raw mpu 64|raw overhead 0 mpu 64
mpu 64 raw|raw overhead 0 mpu 64
raw atm overhead -2|raw overhead -2 mpu 0 atm
raw overhead 5 noatm|raw overhead 5 mpu 0
raw pppoe-ptm|raw overhead 30 mpu 0 ptm
raw raw|raw
overhead -0 noatm|overhead 0 mpu 0 noatm
raw|raw
raw overhead 0 mpu 0|raw
name voice ecn ptm|name voice ecn raw overhead 0 mpu 0 ptm
conservative|overhead 48 mpu 0 atm
ipoa-vcmux|overhead 8 mpu 0 atm
ipoa-llcsnap|overhead 16 mpu 0 atm
bridged-vcmux|overhead 24 mpu 0 atm
bridged-llcsnap|overhead 32 mpu 0 atm
pppoa-vcmux|overhead 10 mpu 0 atm
pppoa-llc|overhead 14 mpu 0 atm
pppoe-vcmux|overhead 32 mpu 0 atm
pppoe-llcsnap|overhead 40 mpu 0 atm
pppoe-ptm|overhead 30 mpu 0 ptm
bridged-ptm|overhead 22 mpu 0 ptm
ethernet|overhead 38 mpu 84 noatm
docsis|overhead 18 mpu 64 noatm
ether-vlan|overhead 4 mpu 0 noatm
pppoe-ptm ether-vlan|overhead 34 mpu 0 ptm
ethernet ether-vlan ether-vlan|overhead 46 mpu 84 noatm
ether-vlan pppoe-ptm ether-vlan|overhead 38 mpu 0 ptm
atm ether-vlan|overhead 4 mpu 0 atm
overhead -64 ether-vlan|overhead -60 mpu 0 noatm
overhead 10 pppoe-ptm|overhead 40 mpu 0 ptm
pppoe-ptm overhead 10|overhead 10 mpu 0 ptm
ether-vlan overhead 10|overhead 10 mpu 0 noatm
ether-vlan conservative|overhead 48 mpu 0 atm
mpu 100 ethernet|overhead 38 mpu 84 noatm
ethernet mpu 100|overhead 38 mpu 100 noatm
docsis noatm|overhead 18 mpu 64 noatm
ptm bridged-ptm|overhead 22 mpu 0 ptm
END
each "link layer" qdisc_reads <<'END'
default 10 overhead 30 ptm|default 0x10 overhead 30 mpu 0 ptm
overhead -10|overhead -10 mpu 0 noatm
mpu 64|raw overhead 0 mpu 64
atm|raw overhead 0 mpu 0 atm
raw overhead 30|raw overhead 30 mpu 0
overhead 30 ether-vlan|overhead 34 mpu 0 noatm
docsis ether-vlan sysfs on|sysfs on overhead 22 mpu 64 noatm
raw|
END
each "link layer, JSON" json_layer <<'END'
qdisc|none|["raw",null,null]
qdisc|raw|["raw",null,null]
qdisc|overhead -30|["noatm",-30,0]
qdisc|ethernet|["noatm",38,84]
qdisc|conservative|["atm",48,0]
qdisc|bridged-ptm|["ptm",22,0]
class|none|[null,null,null]
class|raw|["raw",null,null]
class|noatm overhead -30|["noatm",-30,0]
class|overhead 4|["raw",4,0]
class|linklayer atm|["raw-atm",0,0]
class|raw ptm|["raw-ptm",0,0]
END

# HTB counts what the device counts, overhead, mpu at least, in cells.
each "HTB's link layer" class_reads <<'END'
mpu 64|raw overhead 0 mpu 64
overhead 4|raw overhead 4 mpu 0
over 4 mp 64|raw overhead 4 mpu 64
overhead 0|raw
linklayer ethernet|raw
mpu 64 overhead 4 linklayer ethernet|raw overhead 4 mpu 64
linklayer atm|raw overhead 0 mpu 0 atm
link adsl overhead 10|raw overhead 10 mpu 0 atm
overhead 10 linklayer atm mpu 96|raw overhead 10 mpu 96 atm
END
each "HTB's, no meaning" class_warns <<'END'
rate 1mbit quantum 1514|quantum|`weight`
mtu 1600|mtu|has no meaning
m 1600|mtu|has no meaning
rate 1mbit burst 15k/8|burst|cell
END
each "HTB's, no meaning" qdisc_warns <<'END'
default 30 r2q 5|r2q|`weight`
debug 3333333|debug
END

each "refused" refuses ask_class <<'END'
rate 0|optq: rate "0": expected a rate from 8bit to 1Tbit
rate 7bit|optq: rate "7bit"
rate 1001gbit|optq: rate "1001gbit"
rate 1e40|optq: rate
rate -1mbit|optq: rate "-1mbit"
rate nan|optq: rate "nan"
rate 12kbitt|optq: rate "12kbitt"
rate|optq: rate: the value is missing
ceil 0|optq: ceil "0"
ceil 2tbit|optq: ceil "2tbit"
rate 1mbit rate 2mbit|optq: rate after rate
burst 1k buffer 1k|optq: buffer after burst
burst 2147483648|optq: burst "2147483648": expected a size in bytes from 1b to 2147483647b
burst 1e30|optq: burst
burst 15k/7|optq: burst "15k/7"
burst 15q|optq: burst "15q"
cburst -1|optq: cburst "-1"
prio 8|optq: prio "8": expected a number from 0 to 7
prio -1|optq: prio "-1"
prio 1x|optq: prio "1x"
weight 0|optq: weight "0": expected a number from 1 to 4294967295, or auto
weight 4294967296|optq: weight
quantum 255|optq: quantum "255": expected a number from 256 to 1048576
quantum 1048577|optq: quantum
limit 0|optq: limit "0"
limit 4194305|optq: limit
target 0|optq: target "0": expected a time from 1us to 10s
target 999ns|optq: target
interval 10001ms|optq: interval
interval 5parsec|optq: interval "5parsec"
delay 0|optq: delay "0": expected a time from 1us to 10s, such as 5ms, or none
delay 999ns|optq: delay
delay 10001ms|optq: delay "10001ms"
delay 1ms delay 2ms|optq: delay after delay
ecn noecn|optq: noecn after ecn
wash dscp ef|optq: dscp after wash
dscp 64|optq: dscp "64": expected a name such as ef, af41 or cs6, a number from 0 to 63, or keep or inherit
dscp ff|optq: dscp "ff": expected a name
dscp|optq: dscp: the value is missing: expected a name
l4s nol4s|optq: nol4s after l4s
step_thresh 0|optq: step_thresh "0": expected a time from 1us to 1s, such as 5ms, or auto
step_thresh 1001ms|optq: step_thresh
oversubscribe nooversubscribe|optq: nooversubscribe after oversubscribe
isolate|optq: isolate: the value is missing: expected flow, src-host, dst-host, dual-src, dual-dst or triple
isolate host|optq: isolate "host": expected flow, src-host, dst-host, dual-src, dual-dst or triple
isolate 3|optq: isolate "3"
isolate flow isolate triple|optq: isolate after isolate
nat nonat|optq: nonat after nat
ack-filter no-ack-filter|optq: no-ack-filter after ack-filter
ack-filter aggressive|optq: what is "aggressive"?
name a/b|optq: name "a/b"
name ..|optq: name ".."
name -x|optq: name "-x"
name é|optq: name
name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|optq: name
overhead|optq: overhead: the value is missing: expected a number from -64 to 256
overhead -65|optq: overhead "-65": expected a number from -64 to 256
overhead 257|optq: overhead "257"
overhead 4294967297|optq: overhead "4294967297"
overhead 18446744073709551615|optq: overhead
overhead -18446744073709551610|optq: overhead
overhead --5|optq: overhead "--5"
overhead -|optq: overhead "-"
overhead 8 overhead 9|optq: overhead after overhead
mpu 257|optq: mpu "257": expected a number from 0 to 256
mpu -1|optq: mpu "-1"
mpu 4294967296|optq: mpu
atm ptm|optq: ptm after atm
atm raw|optq: raw after atm: give raw first
overhead 4 raw|optq: raw after overhead: give raw first
linklayer atm ptm|optq: ptm after linklayer: give one link layer
linklayer atm pppoe-ptm|optq: pppoe-ptm after linklayer
linklayer atm raw|optq: raw after linklayer
linklayer atm ether-vlan|optq: ether-vlan after linklayer
ptm linklayer atm|optq: linklayer after ptm: give one link layer
ether-vlan linklayer atm|optq: linklayer after ether-vlan
inherit overhead 4|optq: inherit is the parent's link layer
inherit ptm|optq: inherit
raw inherit|optq: inherit
inherit linklayer atm|optq: linklayer after inherit
inherit ether-vlan|optq: inherit
pppoe-ptm atm|optq: atm after pppoe-ptm: give one link layer
noatm pppoe-ptm|optq: pppoe-ptm after noatm: give one link layer
pppoe-ptm bridged-ptm|optq: bridged-ptm after pppoe-ptm: give one link layer
docsis docsis|optq: docsis after docsis
docsis raw|optq: raw after docsis: give raw first
ether-vlan raw|optq: raw after overhead
overhead 255 ether-vlan|optq: ether-vlan makes overhead 259: expected a number from -64 to 256
overhead 230 pppoe-ptm|optq: pppoe-ptm makes overhead 260
via-ethernet|optq: what is "via-ethernet"?|Usage:
ether|optq: what is "ether"?|Usage:
mtu many|optq: mtu "many"
linklayer token-ring|optq: linklayer "token-ring": expected ethernet, atm or adsl
rat 1mbit|optq: what is "rat"?|Usage:
bandwidth 1mbit|optq: what is "bandwidth"?|Usage:
END
each "refused" refuses ask_qdisc <<'END'
ack-filter-inherit|optq: what is "ack-filter-inherit"?
dscp inherit|optq: dscp "inherit": expected a name such as ef, af41 or cs6, a number from 0 to 63, or keep
default 10000|optq: default "10000": expected the minor of a class of this qdisc, in hex, from 1 to fffe
default ffff|optq: default "ffff"
default 2:10|optq: default "2:10"
default 1:|optq: default "1:"
default xyz|optq: default "xyz"
rate 0|optq: rate "0"
limit 0|optq: limit "0"
direct_qlen 0|optq: direct_qlen "0"
memory 65535|optq: memory "65535": expected a size in bytes from 64Kb to 2147483647b, such as 32m, or auto
memory 2g|optq: memory "2g"
memory 32mbps|optq: memory "32mbps"
memory -1|optq: memory "-1"
memory|optq: memory: the value is missing
memory 1m memory 2m|optq: memory after memory
flows 0|optq: flows "0"
flows 1048577|optq: flows "1048577": expected a number from 1 to 1048576
r2q|optq: r2q: the value is missing
sysfs|optq: sysfs: the value is missing: expected on or off
sysfs yes|optq: sysfs "yes": expected on or off
sysfs on sysfs off|optq: sysfs after sysfs
offload|optq: offload: the tree runs in software only
ceil 1mbit|optq: what is "ceil"?|Usage:
over 4|optq: what is "over"?|Usage:
overhead 257|optq: overhead "257": expected a number from -64 to 256
mpu 257|optq: mpu "257": expected a number from 0 to 256
ptm raw|optq: raw after ptm
inherit|optq: what is "inherit"?|Usage:
linklayer atm|optq: what is "linklayer"?|Usage:
END

each "police" class_reads <<'END'
police 10mbit|police cir 10Mbit
police cir 10mbit cbs 100k|police cir 10Mbit cbs 100Kb
police each src-host 10mbit|police each src-host cir 10Mbit
police each dst-host 10mbit prefix4 24 prefix6 48 entries 1048576|police each dst-host cir 10Mbit prefix4 24 prefix6 48 entries 1048576
police cir 8bit cbs 1 ebs 4294967295|police cir 8bit cbs 1b ebs 4294967295b
police cir 10mbit pir 20mbit pbs 1m colour aware|police cir 10Mbit pir 20Mbit pbs 1Mb colour aware
police eir 1tbit ebs 3kb colour blind violate pass|police eir 1Tbit ebs 3Kb colour blind violate pass
police 1mbit conform dscp af11 exceed dscp af12 pcp 3 violate dscp cs1|police cir 1Mbit conform dscp af11 exceed dscp af12 pcp 3 violate dscp cs1
police 1mbit exceed pcp 0 violate pass overhead 4|police cir 1Mbit exceed pcp 0 violate pass raw overhead 4 mpu 0
police 1mbit violate ok exceed shot|police cir 1Mbit exceed drop violate pass
police 1mbit violate ok prio 3|prio 3 police cir 1Mbit violate pass
rate 1mbit police none|rate 1Mbit ceil 1Mbit police none
dscp ef police 1mbit exceed dscp 1|dscp ef police cir 1Mbit exceed dscp le
END

each "police refused" refuses ask_class <<'END'
police|optq: police: what is missing
police police|optq: police: what is missing
police rate 1mbit|optq: police: what is missing
police cir|optq: police: cir: the value is missing: expected a rate from 8bit to 1Tbit
police cir 0bit|optq: police: cir "0bit": expected a rate
police cir 2tbit|optq: police: cir "2tbit": expected a rate
police cir -1mbit|optq: police: cir "-1mbit": expected a rate
police 1mbit cbs 0|optq: police: cbs "0": expected a size from 1 to 4294967295 bytes
police 1mbit cbs 4294967296|optq: police: cbs "4294967296": expected a size
police 1mbit cir 1mbit|optq: police: cir is there twice
police 1mbit each host|optq: police: each "host": expected src-host or dst-host
police 1mbit prefix4 33|optq: police: prefix4 "33": expected a number from 0 to 32
police 1mbit entries 0|optq: police: entries "0": expected a number from 1 to 1048576
police 1mbit exceed|optq: police: exceed: expected pass, drop, or any of dscp DSCP and pcp 0..7
police 1mbit exceed mark 3|optq: police: exceed "mark": expected pass
police 1mbit exceed dscp keep|optq: police: exceed "keep": expected pass
police 1mbit exceed pcp 8|optq: police: exceed "8": expected pass
police 1mbit exceed drop exceed pass|optq: police: exceed is there twice
police 1mbit exceed class 1:20|optq: police: exceed class: only a policy moves packets
police 1mbit police 1mbit|optq: police is there twice
END
