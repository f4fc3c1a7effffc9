# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# OptQ and its peers as the packets meet them, sourced: for each a function that
# prints the tc commands, with DEV for the device.  Trees are of three levels.
#
#	peer_on DEV NAME	DEV has it, and nothing else
#	PEERS			all names, in the order of tables and plots

# shellcheck disable=SC2034	# for who sources it
PEERS=(pfifo fq_codel fq drr qfq htb hfsc htb_fq_codel hfsc_fq_codel cake
	cake_diffserv4 optq)

peer_on()
{
	tc qdisc del dev "$1" root 2>/dev/null
	"peer_$2" | sed "s/DEV/dev $1/" | batch
}

peer_noqueue() { :; }	# what such a device has by itself
peer_pfifo() { echo "qdisc add DEV root pfifo limit 10000"; }
peer_fq_codel() { echo "qdisc add DEV root fq_codel"; }
peer_fq() { echo "qdisc add DEV root fq"; }
peer_cake() { echo "qdisc add DEV root cake besteffort"; }
peer_cake_diffserv4() { echo "qdisc add DEV root cake diffserv4"; }

peer_drr()
{
	cat <<-END
		qdisc add DEV root handle 1: drr
		class add DEV parent 1: classid 1:1 drr
		filter add DEV parent 1: matchall classid 1:1
	END
}

peer_qfq()
{
	cat <<-END
		qdisc add DEV root handle 1: qfq
		class add DEV parent 1: classid 1:1 qfq weight 1 maxpkt 1514
		filter add DEV parent 1: matchall classid 1:1
	END
}

# tree KIND [RATE-OF-THE-LEAF]
tree()
{
	cat <<-END
		qdisc add DEV root handle 1: $1 default 30
		class add DEV parent 1: classid 1:1 $1 rate 10gbit
		class add DEV parent 1:1 classid 1:10 $1 rate 9gbit ceil 10gbit
		class add DEV parent 1:10 classid 1:30 $1 rate ${2:-8gbit} ceil 10gbit
	END
}

leaf_fq_codel() { echo "qdisc add DEV parent 1:30 handle 30: fq_codel"; }

peer_optq() { tree optq; }
peer_htb() { tree htb; }

# More comes than the leaf's own rate: it borrows, and its bucket is never full.
peer_optq_borrows() { tree optq 100mbit; }
peer_htb_borrows() { tree htb 100mbit; }

peer_htb_fq_codel() { tree htb; leaf_fq_codel; }

peer_hfsc()
{
	cat <<-END
		qdisc add DEV root handle 1: hfsc default 30
		class add DEV parent 1: classid 1:1 hfsc sc rate 10gbit ul rate 10gbit
		class add DEV parent 1:1 classid 1:10 hfsc sc rate 9gbit ul rate 10gbit
		class add DEV parent 1:10 classid 1:30 hfsc sc rate 8gbit ul rate 10gbit
	END
}

peer_hfsc_fq_codel() { peer_hfsc; leaf_fq_codel; }
